#include <dsl/ops/view/concatenate.hpp>
#include <dsl/ops/view/slice.hpp>

#include "model_test.hpp"

namespace {

using namespace ansatz;

// The diagonal of the second derivative, one unit at a time.
template <int J>
constexpr auto slope_of(const Expr<Batch<VectorSpace<5>>>& psi,
                        const Expr<Batch<VectorSpace<5>>>& x) {
  constexpr auto unit = range<J, J + 1>;
  return slice(grad(sum(slice(psi, axis<0>, unit)), x), axis<0>, unit);
}

template <bool Gradients>
struct ScoreMatching {
  constexpr Function operator()() const {
    const auto x = input<VectorSpace<5>>("x");
    const auto activation =
        matmul(x, parameter<Matrix<5, 4>>("W")) + parameter<VectorSpace<4>>("c");
    const auto log_p = -0.5 * sum(square(x - parameter<VectorSpace<5>>("b")), units) +
                       sum(softplus(activation), units);
    const auto psi = grad(sum(log_p), x);
    const auto slope = concatenate(slope_of<0>(psi, x), slope_of<1>(psi, x), slope_of<2>(psi, x),
                                   slope_of<3>(psi, x), slope_of<4>(psi, x));
    Outputs others = output("psi", psi);
    for (const auto& each : output("psi_slope", slope).list) others.list.push_back(each);
    return model_test::trained<Gradients>(others, mean(sum(0.5 * square(psi) + slope, units)),
                                          model_test::Sgd{});
  }
};

}  // namespace

TEST_CASE("score matching: PyTorch's numbers", "[model]") {
  model_test::check<ScoreMatching>({"score_matching"});
}
