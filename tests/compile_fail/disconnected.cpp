// grad: a cost that depends on the variable, where asked for
// expect-gcc: the cost does not depend on the variable: W, of [784]
// expect-clang: cost does not depend
// expect-clang: W, of [784]
// max-lines-gcc: 4
// max-lines-clang: 7
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {  // error here
  auto x = input<Pixels>("x");
  auto W = parameter<VectorSpace<784>>("W");
#ifdef TWIN
  auto cost = mean(x * W);
#else
  auto cost = mean(x);
#endif
  return function(output("g", grad(cost, W, Disconnected::error)), output("W", W));
});
