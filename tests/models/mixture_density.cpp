#include "model_test.hpp"

namespace {

using namespace ansatz;

template <bool Gradients>
struct MixtureDensity {
  constexpr Function operator()() const {
    const auto x = input<VectorSpace<13>>("x");
    const auto y = input<VectorSpace<1>>("y");
    const auto h = tanh(matmul(x, parameter<Matrix<13, 9>>("W")) + parameter<VectorSpace<9>>("b"));
    const auto layer = [&](const char* w, const char* b) {
      return matmul(h, parameter<Matrix<9, 3>>(w)) + parameter<VectorSpace<3>>(b);
    };
    const auto a = log_softmax(layer("Wa", "ba"));
    const auto m = layer("Wm", "bm"), l = layer("Ws", "bs");
    const double half_log_two_pi = 0.91893853320467274178;
    const auto density = log_sum_exp(a - 0.5 * square((y - m) * exp(-l)) - l - half_log_two_pi);
    return model_test::trained<Gradients>(output("log_density", density), -mean(density),
                                          model_test::Sgd{});
  }
};

}  // namespace

TEST_CASE("mixture density net: PyTorch's numbers", "[model]") {
  model_test::check<MixtureDensity>({"mixture_density"});
}
