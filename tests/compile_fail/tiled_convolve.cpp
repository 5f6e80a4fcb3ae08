// tiled_convolve: kernels for each place of the tile
// expect: TiledKernelsFit
// expect: tiled_convolve
// expect: Conv2DSpace<28, 28, 3
// expect: Tensor<6, 5, 5, 3, 8>
// expect: Tile<2, 2>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input<Conv2DSpace<28, 28, 3>>("x");
  auto k = parameter<Tensor<6, 5, 5, 3, 8>>("k");
  auto l = parameter<Tensor<4, 5, 5, 3, 8>>("l");
#ifdef TWIN
  auto y = tiled_convolve(x, l, tile<2>);
#else
  auto y = tiled_convolve(x, k, tile<2>);  // error here
#endif
  return function(output("y", y), output("k", k));
});
