#include "model_test.hpp"

namespace {

using namespace ansatz;

// Written with logarithms of probabilities, which overflow as they stand.
template <bool Gradients>
struct Saturated {
  constexpr Function operator()() const {
    const auto x = input<VectorSpace<13>>("x");
    const auto y = input<IndexSpace<10>>("y");
    const auto t = input<VectorSpace<9>>("t");
    const auto z = matmul(x, parameter<Matrix<13, 10>>("W")) + parameter<VectorSpace<10>>("b");
    const auto u = matmul(x, parameter<Matrix<13, 9>>("V")) + parameter<VectorSpace<9>>("c");
    const auto p = softmax(z);
    const auto q = sigmoid(u);
    const auto cost = mean(-sum(one_hot(y) * log(p), units)) +
                      mean(-sum(t * log(q) + (1 - t) * log(1 - q), units));
    Outputs others = output("z", z);
    for (const auto& each : output("u", u).list) others.list.push_back(each);
    for (const auto& each : output("prediction", p).list) others.list.push_back(each);
    return model_test::trained<Gradients>(others, cost, model_test::Sgd{});
  }
};

}  // namespace

TEST_CASE("saturated units: PyTorch's numbers", "[model]") {
  model_test::check<Saturated>({"saturated"});
}
