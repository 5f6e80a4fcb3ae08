#include "model_test.hpp"

namespace {

using namespace ansatz;

template <bool Gradients>
struct SigmoidMlp {
  constexpr Function operator()() const {
    const auto x = input<VectorSpace<13>>("x");
    const auto t = input<VectorSpace<10>>("t");
    const auto h =
        sigmoid(matmul(x, parameter<Matrix<13, 9>>("W0")) + parameter<VectorSpace<9>>("b0"));
    const auto p =
        sigmoid(matmul(h, parameter<Matrix<9, 10>>("W1")) + parameter<VectorSpace<10>>("b1"));
    const auto cost = mean(sum(binary_cross_entropy(p, t), units));
    return model_test::trained<Gradients>(output("prediction", p), cost, model_test::Sgd{});
  }
};

}  // namespace

TEST_CASE("sigmoid perceptron, binary cross entropy: PyTorch's numbers", "[model]") {
  model_test::check<SigmoidMlp>({"sigmoid_mlp_binary_cross_entropy"});
}
