// sparse_matmul: there is an input for each weight
// expect: InputsFit
// expect: sparse_matmul
// expect: Matrix<500, 20>
// expect: Matrix<500, 10>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input<Pixels>("x");
  auto W = parameter<Matrix<500, 20>>("W");
  auto seen = parameter<Matrix<500, 20>>("seen");
  auto few = parameter<Matrix<500, 10>>("few");
#ifdef TWIN
  auto y = sparse_matmul(x, W, seen);
#else
  auto y = sparse_matmul(x, W, few);  // error here
#endif
  return function(output("y", y), output("few", few), output("seen", seen));
});
