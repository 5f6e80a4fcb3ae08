// max_pool: options that only the evaluation knows
// expect-gcc: the window and its stride must be at least one pixel, at
// expect-gcc: place_of_max_pool.cpp:18:
// expect-clang: max_pool of [examples, 4, 3,
// max-lines-gcc: 4
// max-lines-clang: 7
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

auto step = compile([] {
  auto x = input<Conv2DSpace<4, 3, 1>>("x");
#ifdef TWIN
  auto y = max_pool(x, PoolOptions{.rows = 2, .columns = 2});
#else
  auto y = max_pool(x, PoolOptions{.rows = 0, .columns = 2});
#endif
  return function(output("y", y));
});
