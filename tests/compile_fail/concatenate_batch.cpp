// concatenate: features, never examples
// expect: OtherDimensionsAgree
// expect: concatenate
// expect: Batch<Pixels
// expect: Matrix<784, 10>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input<Pixels>("x");
  auto W = parameter<Matrix<784, 10>>("W");
#ifdef TWIN
  auto y = concatenate(x, matmul(x, W));
#else
  auto y = concatenate(x, W);  // error here
#endif
  return function(output("y", y), output("W", W));
});
