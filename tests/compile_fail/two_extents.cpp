// subtract: a result has one run-time extent, not a product of two
// expect: OperandsBroadcast
// expect: operator-
// expect: VectorSpace<1>
// expect: Tensor<1
#include <dsl/compile.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

auto step = compile([] {
  auto x = input<VectorSpace<1>>("x");
#ifdef TWIN
  auto y = x - shared_input<Matrix<5, 1>>("z");
#else
  auto y = x - transpose(x);  // error here
#endif
  return function(output("y", y));
});
