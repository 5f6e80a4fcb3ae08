#include "relu_mlp.hpp"

namespace {

using namespace ansatz;

struct Momentum {
  constexpr void operator()(Function& f, const AnyExpr& p, const AnyExpr& g) const {
    const AnyExpr old = state_like(p, "velocity");
    const AnyExpr v = scalar("momentum") * old - scalar("learning_rate") * g;
    f.add(update(old, v)).add(update(p, p + v));
  }
};

struct Nesterov {
  constexpr void operator()(Function& f, const AnyExpr& p, const AnyExpr& g) const {
    const AnyExpr old = state_like(p, "velocity");
    const auto rate = scalar("learning_rate"), momentum = scalar("momentum");
    const AnyExpr v = momentum * old - rate * g;
    f.add(update(old, v)).add(update(p, p + momentum * v - rate * g));
  }
};

template <bool Gradients>
struct WithMomentum {
  constexpr Function operator()() const { return model_test::relu_mlp<Gradients>(Momentum{}); }
};
template <bool Gradients>
struct WithNesterov {
  constexpr Function operator()() const { return model_test::relu_mlp<Gradients>(Nesterov{}); }
};

}  // namespace

TEST_CASE("perceptron with momentum: PyTorch's numbers", "[model]") {
  model_test::check<WithMomentum>({"relu_mlp_momentum"});
}
TEST_CASE("perceptron with Nesterov's momentum: PyTorch's numbers", "[model]") {
  model_test::check<WithNesterov>({"relu_mlp_nesterov"});
}
