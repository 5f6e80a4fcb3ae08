#include "softmax_regression.hpp"

namespace {

using ansatz::Function;

template <bool Gradients>
struct SoftmaxRegression {
  constexpr Function operator()() const {
    return model_test::softmax_regression<Gradients>(model_test::Sgd{});
  }
};

}  // namespace

TEST_CASE("softmax regression: PyTorch's numbers", "[model]") {
  model_test::check<SoftmaxRegression>({"softmax_regression"});
}
