// an error in a function of the user's own
// expect: InnerDimensionsAgree
// expect: matmul
// expect: Batch<Pixels
// expect: Matrix<500, 10>
#include <dsl/ops.hpp>

#include <dsl/compile.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

constexpr auto scores(Expr<Batch<Pixels>> x) {
#ifdef TWIN
  return matmul(x, parameter<Matrix<784, 10>>("W"));
#else
  return matmul(x, parameter<Matrix<500, 10>>("W"));  // error here
#endif
}
auto step = compile([] { return function(output("y", scores(input<Pixels>("x")))); });
