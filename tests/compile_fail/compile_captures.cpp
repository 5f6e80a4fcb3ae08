// compile: a lambda without captures
// expect: NeedsNothing
// expect: compile
// expect: lambda
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

double decay = 0.9;
#ifdef TWIN
auto describe = [] { return function(update(parameter<Pixels>("w"), scalar("decay"))); };
#else
auto describe = [a = decay] { return function(update(parameter<Pixels>("w"), a)); };
#endif
auto step = compile(describe);  // error here
