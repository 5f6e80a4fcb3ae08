// select: both sides have one Space
// expect: SpacesAgree
// expect: select
// expect: Matrix<784, 10>
// expect: Matrix<10, 784>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto W = parameter<Matrix<784, 10>>("W");
  auto V = parameter<Matrix<10, 784>>("V");
#ifdef TWIN
  auto y = select(true, W, 2 * W);
#else
  auto y = select(true, W, V);  // error here
#endif
  return function(outputs(y, V));
});
