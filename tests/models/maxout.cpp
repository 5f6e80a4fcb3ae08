#include "model_test.hpp"

namespace {

using namespace ansatz;

// Columns no longer than `max_column_norm`, after the update; biases are left alone.
struct MaxNorm {
  constexpr void operator()(Function& f, const AnyExpr& p, const AnyExpr& g) const {
    const AnyExpr stepped = p - scalar("learning_rate") * g;
    if (p.shape().rank == 1) {
      f.add(update(p, stepped));
      return;
    }
    const AnyExpr norm = sqrt(sum(square(stepped), axis<0>));
    f.add(update(p, stepped * minimum(norm, scalar("max_column_norm")) / maximum(norm, 1e-7)));
  }
};

template <bool Gradients>
struct Maxout {
  constexpr Function operator()() const {
    const auto x = input<VectorSpace<13>>("x");
    const auto y = input<IndexSpace<10>>("y");
    const auto a = matmul(x, parameter<Matrix<13, 60>>("W")) + parameter<VectorSpace<60>>("b");
    const auto h = max(reshape<Matrix<12, 5>>(a), axis<1>);
    const auto p =
        softmax(matmul(h, parameter<Matrix<12, 10>>("V")) + parameter<VectorSpace<10>>("c"));
    return model_test::trained<Gradients>(output("prediction", p), mean(cross_entropy(p, y)),
                                          MaxNorm{});
  }
};

}  // namespace

TEST_CASE("maxout with limited column norms: PyTorch's numbers", "[model]") {
  model_test::check<Maxout>({"maxout_max_norm"});
}
