// sum: the axes must be there, also if they are kept
// expect: HasAxes
// expect: sum
// expect: Matrix<784, 10>
// expect: OverAxis<2>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto W = parameter<Matrix<784, 10>>("W");
#ifdef TWIN
  auto y = sum(W, axis<1>, keep_axes);
#else
  auto y = sum(W, axis<2>, keep_axes);  // error here
#endif
  return function(output("y", y));
});
