#include "conv.hpp"

namespace {

using namespace ansatz;

template <bool Gradients>
struct WholeMeanPools {
  constexpr Function operator()() const {
    return model_test::conv_net<Gradients, 36>(
        [](const auto& h) { return mean_pool(h, pool<2, 2>, border::valid); });
  }
};
template <bool Gradients>
struct PartialMeanPools {
  constexpr Function operator()() const {
    return model_test::conv_net<Gradients, 48>(
        [](const auto& h) { return mean_pool(h, pool<2, 2>); });
  }
};

}  // namespace

TEST_CASE("convolutional net, mean pools: PyTorch's numbers", "[model]") {
  model_test::check<WholeMeanPools>({"conv_mean_pool"});
}
TEST_CASE("convolutional net, mean pools beyond the edge: PyTorch's numbers", "[model]") {
  model_test::check<PartialMeanPools>({"conv_mean_pool_partial"});
}
