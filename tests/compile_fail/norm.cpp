// norm: the axes must be there
// expect: HasAxes
// expect: norm
// expect: Matrix<784, 10>
// expect: OverBatch
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto W = parameter<Matrix<784, 10>>("W");
#ifdef TWIN
  auto y = norm(W, units);
#else
  auto y = norm(W, batch);  // error here
#endif
  return function(output("y", y));
});
