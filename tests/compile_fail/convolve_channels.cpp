// expect: convolve
// expect: Pixels
// expect: Kernels
#include <dsl/ops/convolve.hpp>

using namespace ansatz;

struct Pixels : Conv2DSpace<28, 28, 3> {};
#ifdef TWIN
struct Kernels : Tensor<5, 5, 3, 8> {};
#else
struct Kernels : Tensor<5, 5, 1, 8> {};
#endif

auto filtered() {
  return convolve(input<Pixels>("x"), parameter<Kernels>("w"));  // error here
}
