// compile: a lambda without parameters
// expect: NeedsNothing
// expect: compile
// expect: lambda
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

#ifdef TWIN
auto describe = [] { return function(output("y", 0.5 * input<Pixels>("x"))); };
#else
auto describe = [](double a) { return function(output("y", a * input<Pixels>("x"))); };
#endif
auto step = compile(describe);  // error here
