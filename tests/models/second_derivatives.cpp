#include "model_test.hpp"

namespace {

using namespace ansatz;

constexpr auto losses(const Expr<Batch<VectorSpace<13>>>& x) {
  const auto h = tanh(matmul(x, parameter<Matrix<13, 9>>("W0")) + parameter<VectorSpace<9>>("b0"));
  const auto z = matmul(h, parameter<Matrix<9, 10>>("W1")) + parameter<VectorSpace<10>>("b1");
  return cross_entropy(softmax(z), input<IndexSpace<10>>("y"));
}

template <bool Gradients>
struct GradientPenalty {
  constexpr Function operator()() const {
    const auto x = input<VectorSpace<13>>("x");
    const auto loss = losses(x);
    const auto g = grad(sum(loss), x);
    return model_test::trained<Gradients>(output("input_gradient", g),
                                          mean(loss) + scalar("penalty") * sum(square(g)),
                                          model_test::Sgd{});
  }
};

template <bool Gradients>
struct HessianVectorProduct {
  constexpr Function operator()() const {
    const auto cost = mean(losses(input<VectorSpace<13>>("x")));
    const auto parameters = parameters_of(cost);
    AnyExpr slope(constant(0).value());
    for (const AnyExpr& p : parameters) {
      const auto name = model_test::joined("direction_", p.value().term()->name.data());
      // An input of the shape of p.
      ir::Attr none;
      const AnyExpr direction(
          ir::make_leaf(ir::info_of<ops::Input>, p.shape(), ir::DType::real, name.data(), none));
      slope = slope + sum(grad(cost, p) * direction);
    }
    Outputs others = output("slope", slope);
    for (const AnyExpr& p : parameters) {
      const auto name = model_test::joined("hvp/", p.value().term()->name.data());
      for (const auto& each : output(name.data(), grad(slope, p)).list) others.list.push_back(each);
    }
    return model_test::trained<Gradients>(others, cost, model_test::Sgd{});
  }
};

}  // namespace

TEST_CASE("penalty on the gradient: PyTorch's numbers", "[model]") {
  model_test::check<GradientPenalty>({"gradient_penalty"});
}
TEST_CASE("Hessian times a vector: PyTorch's numbers", "[model]") {
  model_test::check<HessianVectorProduct>({"hessian_vector_product"});
}
