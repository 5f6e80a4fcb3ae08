// mean_pool: images only
// expect: WindowsFit
// expect: mean_pool
// expect: Batch<Pixels
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input<Pixels>("x");
#ifdef TWIN
  auto y = mean_pool(reshape<Conv2DSpace<28, 28, 1>>(x), pool<2, 2>);
#else
  auto y = mean_pool(x, pool<2, 2>);  // error here
#endif
  return function(output("y", y));
});
