// grad: a cost that depends on the variable, where asked for
// expect: does not depend on the variable
// Found while lowering, which clang does not try first: it evaluates a constant again each time.
// within: 40
// max-lines-gcc: 14
// max-lines-clang: 54
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input<Pixels>("x");
  auto W = parameter<VectorSpace<784>>("W");
#ifdef TWIN
  auto cost = mean(x * W);
#else
  auto cost = mean(x);
#endif
  return function(output("g", grad(cost, W, Disconnected::error)), output("W", W));
});
