#include "softmax_regression.hpp"

namespace {

using namespace ansatz;

// The mean that forgets: decay * old + (1 - decay) * new.
constexpr AnyExpr forgetting(const AnyExpr& old, const AnyExpr& fresh, const Expr<Scalar>& decay) {
  return decay * old + (1 - decay) * fresh;
}

struct AdaGrad {
  constexpr void operator()(Function& f, const AnyExpr& p, const AnyExpr& g) const {
    const AnyExpr old = state_like(p, "sum_square"), a = old + square(g);
    f.add(update(old, a));
    f.add(update(p, p - scalar("learning_rate") * g / maximum(sqrt(a), 1 / scalar("max_scaling"))));
  }
};

struct RmsProp {
  constexpr void operator()(Function& f, const AnyExpr& p, const AnyExpr& g) const {
    const AnyExpr old = state_like(p, "mean_square");
    const AnyExpr a = forgetting(old, square(g), scalar("decay"));
    f.add(update(old, a));
    f.add(update(p, p - scalar("learning_rate") * g / maximum(sqrt(a), 1 / scalar("max_scaling"))));
  }
};

template <bool Gradients>
struct SoftmaxAdaGrad {
  constexpr Function operator()() const {
    return model_test::softmax_regression<Gradients>(AdaGrad{});
  }
};
template <bool Gradients>
struct SoftmaxRmsProp {
  constexpr Function operator()() const {
    return model_test::softmax_regression<Gradients>(RmsProp{});
  }
};

}  // namespace

TEST_CASE("AdaGrad: PyTorch's numbers", "[model]") {
  model_test::check<SoftmaxAdaGrad>({"softmax_adagrad"});
}
TEST_CASE("RMSProp: PyTorch's numbers", "[model]") {
  model_test::check<SoftmaxRmsProp>({"softmax_rmsprop"});
}
