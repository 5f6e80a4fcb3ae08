#include "model_test.hpp"

namespace {

using namespace ansatz;

template <bool Gradients>
struct Embedding {
  constexpr Function operator()() const {
    const auto words = input<IndexSpace<17, 4>>("words");
    const auto y = input<IndexSpace<10>>("y");
    const auto h = mean(take_rows(parameter<Matrix<17, 6>>("E"), words), axis<0>);
    const auto p =
        softmax(matmul(h, parameter<Matrix<6, 10>>("W")) + parameter<VectorSpace<10>>("b"));
    Outputs others = output("hidden", h);
    for (const auto& each : output("prediction", p).list) others.list.push_back(each);
    return model_test::trained<Gradients>(others, mean(cross_entropy(p, y)), model_test::Sgd{});
  }
};

}  // namespace

TEST_CASE("embedding: PyTorch's numbers", "[model]") {
  model_test::check<Embedding>({"embedding_softmax"});
}
