// argmax: a position is one along one axis
// expect: OneAxis
// expect: argmax
// expect: Matrix<28, 10>
// expect: OverAxis<1>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

auto step = compile([] {
  auto x = input<Matrix<28, 10>>("x");
#ifdef TWIN
  auto y = argmax(x, axis<1>);
#else
  auto y = argmax(x, axis<0>, axis<1>);  // error here
#endif
  return function(output("y", y));
});
