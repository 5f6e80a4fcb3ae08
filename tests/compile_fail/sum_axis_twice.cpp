// sum: of several axes each is named once
// expect: HasAxes
// expect: sum
// expect: Matrix<28, 10>
// expect: OverAxis<1>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

auto step = compile([] {
  auto x = input<Matrix<28, 10>>("x");
#ifdef TWIN
  auto y = sum(x, axis<0>, axis<1>);
#else
  auto y = sum(x, axis<1>, axis<1>);  // error here
#endif
  return function(output("y", y));
});
