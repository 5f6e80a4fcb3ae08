#include "model_test.hpp"

namespace {

using namespace ansatz;

constexpr Outputs hidden_and_reconstruction(const AnyExpr& h, const AnyExpr& r) {
  Outputs both = output("hidden", h);
  for (const auto& each : output("reconstruction", r).list) both.list.push_back(each);
  return both;
}

template <bool Gradients>
struct TiedTanh {
  constexpr Function operator()() const {
    const auto x = input<VectorSpace<13>>("x");
    const auto W = parameter<Matrix<13, 9>>("W");
    const auto h = tanh(matmul(x, W) + parameter<VectorSpace<9>>("b"));
    const auto r = tanh(matmul(h, transpose(W)) + parameter<VectorSpace<13>>("c"));
    return model_test::trained<Gradients>(
        hidden_and_reconstruction(AnyExpr(h.value()), AnyExpr(r.value())),
        mean(sum(square(r - x), units)), model_test::Sgd{});
  }
};

template <bool Gradients>
struct Denoising {
  constexpr Function operator()() const {
    const auto x = input<VectorSpace<13>>("x"), mask = input<VectorSpace<13>>("mask");
    const auto h =
        sigmoid(matmul(x * mask, parameter<Matrix<13, 9>>("W")) + parameter<VectorSpace<9>>("b"));
    const auto r =
        sigmoid(matmul(h, parameter<Matrix<9, 13>>("V")) + parameter<VectorSpace<13>>("c"));
    return model_test::trained<Gradients>(
        hidden_and_reconstruction(AnyExpr(h.value()), AnyExpr(r.value())),
        mean(sum(binary_cross_entropy(r, x), units)), model_test::Sgd{});
  }
};

}  // namespace

TEST_CASE("autoencoder with tied weights: PyTorch's numbers", "[model]") {
  model_test::check<TiedTanh>({"autoencoder_tied_tanh"});
}
TEST_CASE("denoising autoencoder: PyTorch's numbers", "[model]") {
  model_test::check<Denoising>({"denoising_autoencoder"});
}
