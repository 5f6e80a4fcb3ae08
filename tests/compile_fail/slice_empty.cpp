// expect: slice
// expect: Pixels
#include <dsl/ops/slice.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};
#ifdef TWIN
constexpr auto part = range<700, 784>;
#else
constexpr auto part = range<784, 800>;
#endif

auto last() {
  return slice(input<Pixels>("x"), axis<0>, part);  // error here
}
