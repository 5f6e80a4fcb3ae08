#include "model_test.hpp"

namespace {

using namespace ansatz;

// "W12"
constexpr ir::List<char> name(const char* letter, int k) {
  char digits[3] = {static_cast<char>('0' + k % 10), 0, 0};
  if (k >= 10)
    digits[0] = static_cast<char>('0' + k / 10), digits[1] = static_cast<char>('0' + k % 10);
  return model_test::joined(letter, digits);
}

template <bool Gradients>
struct DeepTanh {
  constexpr Function operator()() const {
    const auto x = input<VectorSpace<13>>("x");
    const auto y = input<IndexSpace<10>>("y");
    AnyExpr h(x.value());
    for (int k = 0; k < 20; ++k)
      h = tanh(matmul(h, parameter(name("W", k).data(), Matrix(k == 0 ? 13 : 8, 8))) +
               parameter(name("b", k).data(), VectorSpace(8)));
    const AnyExpr p =
        softmax(matmul(h, parameter<Matrix<8, 10>>("V")) + parameter<VectorSpace<10>>("c"));
    const Expr<Scalar> cost(mean(cross_entropy(p, y)).value());
    return model_test::trained<Gradients>(output("prediction", p), cost, model_test::Sgd{});
  }
};

}  // namespace

TEST_CASE("twenty layers of tanh: PyTorch's numbers", "[model]") {
  model_test::check<DeepTanh>({"deep_tanh_20"});
}
