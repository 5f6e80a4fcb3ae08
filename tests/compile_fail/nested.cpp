// an error inside a larger expression is the only one
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
  auto b = parameter<VectorSpace<10>>("b");
  auto t = input<IndexSpace<10>>("t");
#ifdef TWIN
  auto y = mean(cross_entropy(softmax(relu(matmul(x, V) + b)), t));
#else
  auto y = mean(cross_entropy(softmax(relu(matmul(x, W) + b)), t));  // error here
#endif
  return function(output("cost", y), update(b, b - 0.1 * grad(y, b)), outputs(W, V));
});
