// matmul: no product of two run-time extents
// expect: InnerDimensionsAgree
// expect: matmul
// expect: Batch<Pixels
// expect: Tensor<784
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input<Pixels>("x");
  auto h = state<Batch<Pixels, chains>>("h");
#ifdef TWIN
  auto y = matmul(x, mean(h, batch));
#else
  auto y = matmul(x, transpose(h));  // error here
#endif
  return function(output("y", y), output("h", h));
});
