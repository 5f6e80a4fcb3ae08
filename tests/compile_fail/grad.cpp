// grad: a cost is one number
// expect: OneNumber
// expect: grad
// expect: VectorSpace<10>
// expect: Matrix<784, 10>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input<Pixels>("x");
  auto W = parameter<Matrix<784, 10>>("W");
  auto cost = square(matmul(x, W));
#ifdef TWIN
  auto y = grad(mean(cost), W);
#else
  auto y = grad(cost, W);  // error here
#endif
  return function(output("y", y));
});
