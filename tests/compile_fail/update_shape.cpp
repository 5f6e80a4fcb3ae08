// update: the new value has the target's shape
// expect: ValueFits
// expect: update
// expect: Matrix<784, 10>
// expect: VectorSpace<500>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto W = parameter<Matrix<784, 10>>("W");
  auto b = parameter<VectorSpace<500>>("b");
#ifdef TWIN
  auto y = update(W, 0.9 * W);
#else
  auto y = update(W, b);  // error here
#endif
  return function(y, output("b", b));
});
