// matmul: a stack of matrices on the right needs a stack of as many on the left
// expect: StacksAgree
// expect: matmul
// expect: Matrix<10, 28
// expect: Conv2DSpace<28, 28, 3
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

auto step = compile([] {
  auto x = input<Conv2DSpace<28, 28, 3>>("x");
  auto W = parameter<Matrix<10, 28>>("W");
  auto V = parameter<Matrix<3, 10>>("V");
#ifdef TWIN
  auto y = matmul(x, V);
#else
  auto y = matmul(W, x);  // error here
#endif
  return function(output("y", y), output("W", W), output("V", V));
});
