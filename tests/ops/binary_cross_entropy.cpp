#include "op_test.hpp"

#include <dsl/ops/loss/binary_cross_entropy.hpp>

namespace {

double entropy(double p, double t) {
  return -((t == 0 ? 0 : t * std::log(p)) + (t == 1 ? 0 : (1 - t) * std::log1p(-p)));
}

}  // namespace

TEST_CASE("binary_cross_entropy: of probabilities and targets", "[op][binary_cross_entropy]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return binary_cross_entropy(x[0], x[1]); },
      .reference = [](auto& x) { return entropy(x[0], x[1]); },
      .domain = {{0.1, 0.9}},
      .edges = {0, 0.25, 0.5, 1},
  });
}

TEST_CASE("binary_cross_entropy: of a sigmoid", "[op][binary_cross_entropy]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return binary_cross_entropy(sigmoid(x[0]), x[1]); },
      .reference = [](auto& x) { return std::log1p(std::exp(x[0])) - x[1] * x[0]; },
      .domain = {{-3, 3}, {0.1, 0.9}},
      .edges = {0, 0.25, 0.5, 1, -3, 10},
      .magnitude = 100,
  });
}

TEST_CASE("sigmoid_binary_cross_entropy: of scores and targets", "[op][binary_cross_entropy]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return sigmoid_binary_cross_entropy(x[0], x[1]); },
      .reference = [](auto& x) { return std::log1p(std::exp(x[0])) - x[1] * x[0]; },
      .domain = {{-3, 3}, {0.1, 0.9}},
      .edges = {0, 0.25, 0.5, 1, -30, 30},
      .magnitude = 1000,
  });
}

TEST_CASE("binary_cross_entropy: 0 log 0 is 0, in value and gradient",
          "[op][binary_cross_entropy]") {
  const op_test::Build op = [](auto& x) { return binary_cross_entropy(x[0], x[1]); };
  const auto p = op_test::vector_of({0, 1}), t = op_test::vector_of({0, 1});
  CHECK(op_test::evaluate(op, {p, t}).values == op_test::Numbers{0, 0});
  CHECK(op_test::gradients(op, {p, t})[0].values == op_test::Numbers{1, -1});
}

TEST_CASE("binary_cross_entropy: of a sigmoid, large scores lose neither value nor gradient",
          "[op][binary_cross_entropy]") {
  const op_test::Build op = [](auto& x) { return binary_cross_entropy(sigmoid(x[0]), x[1]); };
  const auto z = op_test::vector_of({1000, -1000, 1000}), t = op_test::vector_of({0, 1, 1});
  CHECK(op_test::evaluate<float>(op, {z, t}).values == op_test::Numbers{1000, 1000, 0});
  CHECK(op_test::gradients(op, {z, t})[0].values == op_test::Numbers{1, -1, 0});
}
