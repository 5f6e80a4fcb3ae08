// compile: the lambda can be evaluated by the compiler
// expect: random_rate
// What is no refusal of the library is shown with the calls that led there.
// within: 24
// max-lines-gcc: 21
// max-lines-clang: 40
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

double random_rate();

auto describe = [] {
#ifdef TWIN
  auto rate = scalar("rate");
#else
  auto rate = random_rate();
#endif
  return function(output("y", rate * input<Pixels>("x")));
};
auto step = compile(describe);
