// matmul: vectors and matrices only
// expect: InnerDimensionsAgree
// expect: matmul
// expect: Conv2DSpace<28, 28, 3
// expect: Matrix<3, 10>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input<Conv2DSpace<28, 28, 3>>("x");
  auto W = parameter<Matrix<3, 10>>("W");
  auto V = parameter<Matrix<2352, 10>>("V");
#ifdef TWIN
  auto y = matmul(flatten(x), V);
#else
  auto y = matmul(x, W);  // error here
#endif
  return function(output("y", y), output("W", W), output("V", V));
});
