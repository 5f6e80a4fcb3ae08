// expect: transpose
// expect: Cube
#include <dsl/ops/transpose.hpp>

using namespace ansatz;

#ifdef TWIN
struct Cube : Matrix<3, 4> {};
#else
struct Cube : Tensor<3, 4, 5> {};
#endif

auto turned() {
  return transpose(parameter<Cube>("c"));  // error here
}
