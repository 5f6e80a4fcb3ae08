#include "model_test.hpp"

namespace {

using namespace ansatz;

template <bool Gradients>
struct Activations {
  constexpr Function operator()() const {
    const auto x = input<VectorSpace<13>>("x");
    const auto t = input<VectorSpace<5>>("t");
    const auto z = matmul(x, parameter<Matrix<13, 9>>("W0")) + parameter<VectorSpace<9>>("b0");
    const auto centred = z - mean(z, units, keep_axes);
    const auto variance = mean(square(centred), units, keep_axes);
    const auto n =
        centred / sqrt(variance + scalar("epsilon")) * parameter<VectorSpace<9>>("gamma") +
        parameter<VectorSpace<9>>("beta");
    const auto h1 = gelu(n);
    const auto h2 =
        elu(matmul(h1, parameter<Matrix<9, 11>>("W1")) + parameter<VectorSpace<11>>("b1"));
    const auto h3 =
        softplus(matmul(h2, parameter<Matrix<11, 9>>("W2")) + parameter<VectorSpace<9>>("b2"));
    const auto o = erf(matmul(h3, parameter<Matrix<9, 5>>("W3")) + parameter<VectorSpace<5>>("b3"));
    Outputs others = output("normalized", n);
    for (const auto& each : output("prediction", o).list) others.list.push_back(each);
    return model_test::trained<Gradients>(others, mean(sum(square(o - t), units)),
                                          model_test::Sgd{});
  }
};

}  // namespace

TEST_CASE("layer norm, gelu, elu, softplus, erf: PyTorch's numbers", "[model]") {
  model_test::check<Activations>({"activations_layer_norm"});
}
