// compile: the lambda returns function(...)
// expect: ReturnsFunction
// expect: compile
// expect: lambda
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

#ifdef TWIN
auto describe = [] { return function(output("y", sum(input<Pixels>("x")))); };
#else
auto describe = [] { return sum(input<Pixels>("x")); };
#endif
auto step = compile(describe);  // error here
