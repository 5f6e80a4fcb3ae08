#include "softmax_regression.hpp"

namespace {

using namespace ansatz;

struct AdaDelta {
  constexpr void operator()(Function& f, const AnyExpr& p, const AnyExpr& g) const {
    const auto decay = scalar("decay"), epsilon = scalar("epsilon");
    const AnyExpr a_old = state_like(p, "mean_square"), d_old = state_like(p, "mean_square_step");
    const AnyExpr a = decay * a_old + (1 - decay) * square(g);
    const AnyExpr step = -sqrt(d_old + epsilon) / sqrt(a + epsilon) * g;
    f.add(update(a_old, a));
    f.add(update(d_old, decay * d_old + (1 - decay) * square(step)));
    f.add(update(p, p + step));
  }
};

// How many updates there were is state of each parameter, one number.
struct Adam {
  constexpr void operator()(Function& f, const AnyExpr& p, const AnyExpr& g) const {
    const auto beta1 = scalar("beta1"), beta2 = scalar("beta2");
    const AnyExpr m_old = state_like(p, "mean"), a_old = state_like(p, "mean_square");
    const auto count =
        state<Scalar>(model_test::joined(p.value().term()->name.data(), ".updates").data());
    const auto t = count + 1;
    const AnyExpr m = beta1 * m_old + (1 - beta1) * g;
    const AnyExpr a = beta2 * a_old + (1 - beta2) * square(g);
    f.add(update(count, t));
    f.add(update(m_old, m));
    f.add(update(a_old, a));
    f.add(update(p, p - scalar("learning_rate") * (m / (1 - pow(beta1, t))) /
                            (sqrt(a / (1 - pow(beta2, t))) + scalar("epsilon"))));
  }
};

template <bool Gradients>
struct SoftmaxAdaDelta {
  constexpr Function operator()() const {
    return model_test::softmax_regression<Gradients>(AdaDelta{});
  }
};
template <bool Gradients>
struct SoftmaxAdam {
  constexpr Function operator()() const {
    return model_test::softmax_regression<Gradients>(Adam{});
  }
};

}  // namespace

TEST_CASE("AdaDelta: PyTorch's numbers", "[model]") {
  model_test::check<SoftmaxAdaDelta>({"softmax_adadelta"});
}
// In float, 1 - 0.999 is off by 1.2e-5 of itself.
TEST_CASE("Adam: PyTorch's numbers", "[model]") {
  model_test::check<SoftmaxAdam>({"softmax_adam", 2e-5});
}
