// update: the target is a parameter or a state
// expect: the target must be a parameter or a state
// What only the evaluation finds is shown with the calls that led there.
// within: 20
// max-lines-gcc: 14
// max-lines-clang: 26
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input<Pixels>("x");
  auto W = parameter<VectorSpace<784>>("W");
#ifdef TWIN
  return function(update(W, mean(x, batch)));
#else
  return function(update(x, 0.9 * x), output("W", W));
#endif
});
