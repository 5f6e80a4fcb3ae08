// broadcast_to: NumPy's rule leads there
// expect: RepeatsTo
// expect: broadcast_to
// expect: VectorSpace<500>
// expect: Matrix<5, 3>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto b = parameter<VectorSpace<500>>("b");
#ifdef TWIN
  auto y = broadcast_to<Matrix<5, 500>>(b);
#else
  auto y = broadcast_to<Matrix<5, 3>>(b);  // error here
#endif
  return function(output("y", y));
});
