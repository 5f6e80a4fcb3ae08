// max_pool: the window must fit in the image
// expect: WindowsFit
// expect: max_pool
// expect: Conv2DSpace<28, 28, 3
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input<Conv2DSpace<28, 28, 3>>("x");
#ifdef TWIN
  auto y = max_pool(x, pool<3, 2>);
#else
  auto y = max_pool(x, pool<30, 2>);  // error here
#endif
  return function(output("y", y));
});
