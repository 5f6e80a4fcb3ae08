// variance: the axes must be there
// expect: HasAxes
// expect: variance
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
  auto y = variance(W, axis<1>);
#else
  auto y = variance(W, axis<2>);  // error here
#endif
  return function(output("y", y));
});
