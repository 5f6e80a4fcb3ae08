// matmul: stacks must hold as many matrices
// expect: StacksAgree
// expect: matmul
// expect: Batch<
// expect: Tensor<8, 16, 4
// expect: Tensor<2, 4, 16
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

auto step = compile([] {
  auto q = input<Tensor<8, 16, 4>>("q");
  auto few = input<Tensor<2, 4, 16>>("few");
  auto k = input<Tensor<8, 4, 16>>("k");
#ifdef TWIN
  auto y = matmul(q, k);
#else
  auto y = matmul(q, few);  // error here
#endif
  return function(output("y", y), output("few", few), output("k", k));
});
