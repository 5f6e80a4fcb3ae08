// expect: concatenate
// expect: Left
// expect: Right
#include <dsl/ops/concatenate.hpp>

using namespace ansatz;

struct Left : Matrix<3, 5> {};
#ifdef TWIN
struct Right : Matrix<3, 2> {};
#else
struct Right : Matrix<2, 5> {};
#endif

auto both() {
  return concatenate(parameter<Left>("a"), parameter<Right>("b"));  // error here
}
