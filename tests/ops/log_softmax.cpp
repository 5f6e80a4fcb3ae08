#include "op_test.hpp"

#include <dsl/ops/activation/log_softmax.hpp>

namespace {

// Logarithm of the softmax of each of the rows of five that follow one another in memory.
op_test::Array log_probabilities(const op_test::Array& x) {
  op_test::Array y = x;
  for (std::size_t i = 0; i < x.values.size(); ++i) {
    const std::size_t row = i / 5 * 5;
    double sum = 0;
    for (std::size_t k = row; k < row + 5; ++k) sum += std::exp(x.values[k]);
    y.values[i] = x.values[i] - std::log(sum);
  }
  return y;
}

}  // namespace

TEST_CASE("log_softmax: over the units of each example", "[op][log_softmax]") {
  using op_test::B;
  const op_test::Build op = [](auto& x) { return log_softmax(x[0]); };
  for (const op_test::Dimensions& dims : {op_test::Dimensions{B, 5}, {5}, {B, 5, 1}})
    op_test::check({
        .operands = {{.dims = dims, .edges = op_test::reduction_edges}},
        .op = op,
        .reference = [](auto& x) { return log_probabilities(x[0]); },
    });
}

TEST_CASE("log_softmax: over one axis of several", "[op][log_softmax]") {
  op_test::check({
      .operands = {{.dims = {op_test::B, 2, 5}, .edges = op_test::reduction_edges}},
      .op = [](auto& x) { return log_softmax(x[0], ansatz::axis<-1>); },
      .reference = [](auto& x) { return log_probabilities(x[0]); },
  });
}

TEST_CASE("log_softmax: a probability too small for float keeps its logarithm",
          "[op][log_softmax]") {
  const auto y =
      op_test::evaluate<float>([](auto& x) { return log_softmax(x[0], ansatz::axis<1>); },
                               {op_test::Array{{1, 2}, {1000, -1000}}});
  CHECK(y.values == op_test::Numbers{0, -2000});
}
