// expect: max_pool
// expect: Pixels
#include <dsl/ops/max_pool.hpp>

using namespace ansatz;

struct Pixels : Conv2DSpace<28, 28, 3> {};
#ifdef TWIN
constexpr auto window = pool<28>;
#else
constexpr auto window = pool<29>;
#endif

auto small() {
  return max_pool(input<Pixels>("x"), window);  // error here
}
