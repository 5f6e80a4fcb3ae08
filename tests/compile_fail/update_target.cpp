// update: the target is a parameter or a state
// expect-gcc: the target must be a parameter or a state
// expect-clang: the target must be a
// expect-clang: parameter or a state
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
  return function(update(W, mean(x, batch)));
#else
  return function(update(x, 0.9 * x), output("W", W));
#endif
});
