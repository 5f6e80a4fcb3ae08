#include "conv.hpp"

namespace {

using namespace ansatz;

template <bool Gradients>
struct WholeMaxPools {
  constexpr Function operator()() const {
    return model_test::conv_net<Gradients, 36>(
        [](const auto& h) { return max_pool(h, pool<2, 2>, border::valid); });
  }
};
template <bool Gradients>
struct PartialMaxPools {
  constexpr Function operator()() const {
    return model_test::conv_net<Gradients, 48>(
        [](const auto& h) { return max_pool(h, pool<2, 2>); });
  }
};

}  // namespace

TEST_CASE("convolutional net, max pools: PyTorch's numbers", "[model]") {
  model_test::check<WholeMaxPools>({"conv_max_pool"});
}
TEST_CASE("convolutional net, max pools beyond the edge: PyTorch's numbers", "[model]") {
  model_test::check<PartialMaxPools>({"conv_max_pool_partial"});
}
