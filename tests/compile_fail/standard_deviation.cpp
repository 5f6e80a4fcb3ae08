// standard_deviation: the axes must be there
// expect: HasAxes
// expect: standard_deviation
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
  auto y = standard_deviation(W, axis<1>);
#else
  auto y = standard_deviation(W, batch);  // error here
#endif
  return function(output("y", y));
});
