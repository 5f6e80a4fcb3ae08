// convolve: the groups divide the channels, of which the kernels have those of one group
// expect: KernelsFit
// expect: convolve
// expect: Conv2DSpace<28, 28, 4
// expect: Tensor<5, 5, 4, 8
// expect: Groups<2>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

auto step = compile([] {
  auto x = input<Conv2DSpace<28, 28, 4>>("x");
  auto w = parameter<Tensor<5, 5, 4, 8>>("w");
  auto v = parameter<Tensor<5, 5, 2, 8>>("v");
#ifdef TWIN
  auto y = convolve(x, v, groups<2>);
#else
  auto y = convolve(x, w, groups<2>);  // error here
#endif
  return function(output("y", y), output("w", w), output("v", v));
});
