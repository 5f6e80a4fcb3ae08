// convolve: as many channels in the kernels as in the images
// expect: KernelsFit
// expect: convolve
// expect: Conv2DSpace<28, 28, 3
// expect: Tensor<5, 5, 1, 8>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input<Conv2DSpace<28, 28, 3>>("x");
  auto k = parameter<Tensor<5, 5, 1, 8>>("k");
  auto l = parameter<Tensor<5, 5, 3, 8>>("l");
#ifdef TWIN
  auto y = convolve(x, l);
#else
  auto y = convolve(x, k);  // error here
#endif
  return function(output("y", y), output("k", k));
});
