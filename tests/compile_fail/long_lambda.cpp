// a refusal's message does not grow with the function
// expect-gcc: two inputs, parameters or scalars have one name: W, of [784, 784] and [3, 3]
// expect-clang: scalars have one name: W, of
// expect-clang: [784, 784] and [3, 3]
// max-lines-gcc: 4
// max-lines-clang: 7
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {  // error here
  auto x = input<Pixels>("x");
  auto W = parameter<Matrix<784, 784>>("W");
  auto h = x;
  for (int layer = 0; layer < 3; ++layer) {
    const auto z = matmul(h, W);
    h = select(layer < 2, relu(z), z);
  }
  AnyExpr known = h;  // what is known of a Space may be forgotten
#ifdef TWIN
  auto V = parameter<Matrix<3, 3>>("V");
#else
  auto V = parameter<Matrix<3, 3>>("W");
#endif
  const auto cost = mean(sum(h)) + sum(V);
  return function(output("cost", cost), output("h", known), update(W, W - 0.1 * grad(cost, W)));
});
