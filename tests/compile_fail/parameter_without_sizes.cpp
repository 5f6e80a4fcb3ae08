// parameter: the type says all sizes, or they are given
// expect: SizesKnown
// expect: parameter
// expect: Matrix<
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
#ifdef TWIN
  auto y = parameter("W", Matrix(784, 10));
#else
  auto y = parameter<Matrix<784, any>>("W");  // error here
#endif
  return function(output("y", y));
});
