// shared_input: the type says all sizes, or they are given
// expect: SizesKnown
// expect: shared_input
// expect: Matrix<
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
#ifdef TWIN
  auto y = shared_input<Matrix<2, 3>>("x");
#else
  auto y = shared_input<Matrix<>>("x");  // error here
#endif
  return function(output("y", y));
});
