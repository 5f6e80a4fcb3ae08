// softmax: the axes must be there
// expect: HasAxes
// expect: softmax
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
  auto y = softmax(W, axis<1>);
#else
  auto y = softmax(W, axis<2>);  // error here
#endif
  return function(output("y", y));
});
