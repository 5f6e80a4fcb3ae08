// expect: reshape
// expect: Pixels
// expect: Picture
#include <dsl/ops/reshape.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};
#ifdef TWIN
struct Picture : Conv2DSpace<28, 28, 1> {};
#else
struct Picture : Conv2DSpace<28, 27, 1> {};
#endif

auto picture() {
  return reshape<Picture>(input<Pixels>("x"));  // error here
}
