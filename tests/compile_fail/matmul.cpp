// matmul: inner dimensions must agree
// expect: InnerDimensionsAgree
// expect: matmul
// expect: Batch<Pixels
// expect: Matrix<500, 10>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input<Pixels>("x");
  auto W = parameter<Matrix<500, 10>>("W");
  auto V = parameter<Matrix<784, 10>>("V");
#ifdef TWIN
  auto y = matmul(x, V);
#else
  auto y = matmul(x, W);  // error here
#endif
  return function(output("y", y), output("W", W), output("V", V));
});
