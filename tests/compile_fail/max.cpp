// max: the axes must be there
// expect: HasAxes
// expect: max
// expect: Matrix<784, 10>
// expect: OverAxis<-3>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto W = parameter<Matrix<784, 10>>("W");
#ifdef TWIN
  auto y = max(W, axis<-2>);
#else
  auto y = max(W, axis<-3>);  // error here
#endif
  return function(output("y", y));
});
