#include "op_test.hpp"

#include <dsl/ops/activation/softmax.hpp>

namespace {

// Softmax of each of the rows of five that follow one another in memory.
op_test::Array probabilities(const op_test::Array& x) {
  op_test::Array y = x;
  for (std::size_t i = 0; i < x.values.size(); ++i) {
    const std::size_t row = i / 5 * 5;
    double sum = 0;
    for (std::size_t k = row; k < row + 5; ++k) sum += std::exp(x.values[k]);
    y.values[i] = std::exp(x.values[i]) / sum;
  }
  return y;
}

}  // namespace

TEST_CASE("softmax: over the units of each example", "[op][softmax]") {
  using op_test::B;
  const op_test::Build op = [](auto& x) { return softmax(x[0]); };
  for (const op_test::Dimensions& dims : {op_test::Dimensions{B, 5}, {5}, {B, 5, 1}})
    op_test::check({
        .operands = {{.dims = dims, .edges = op_test::reduction_edges}},
        .op = op,
        .reference = [](auto& x) { return probabilities(x[0]); },
    });
}

TEST_CASE("softmax: over one axis of several", "[op][softmax]") {
  op_test::check({
      .operands = {{.dims = {op_test::B, 2, 5}, .edges = op_test::reduction_edges}},
      .op = [](auto& x) { return softmax(x[0], ansatz::axis<-1>); },
      .reference = [](auto& x) { return probabilities(x[0]); },
  });
}

TEST_CASE("softmax: NaN where an input is inf or all are -inf", "[op][softmax]") {
  using op_test::inf;
  const auto y = op_test::evaluate([](auto& x) { return softmax(x[0], ansatz::axis<1>); },
                                   {op_test::Array{{2, 2}, {inf, 0, -inf, -inf}}});
  CHECK(std::isnan(y.values[0]));
  CHECK(y.values[1] == 0);
  CHECK(std::isnan(y.values[2]));
  CHECK(std::isnan(y.values[3]));
}

TEST_CASE("softmax: neither large nor infinite inputs overflow", "[op][softmax]") {
  const auto y = op_test::evaluate<float>(
      [](auto& x) { return softmax(x[0], ansatz::axis<1>); },
      {op_test::Array{{3, 2}, {1000, 1000, -1000, 1000, -op_test::inf, 0}}});
  CHECK(y.values == op_test::Numbers{0.5, 0.5, 0, 1, 0, 1});
}
