#include "op_test.hpp"

#include <dsl/ops/loss/cross_entropy.hpp>

namespace {

using op_test::Array;
using op_test::B;

// -sum t log p for each row of `classes` numbers; targets are labels or rows themselves.
Array entropy(const Array& p, const Array& t, bool from_scores) {
  const auto classes = static_cast<std::size_t>(p.dims.back());
  Array y{{p.dims.begin(), p.dims.end() - 1}, {}};
  for (std::size_t row = 0; row < p.values.size(); row += classes) {
    double sum = 0, cost = 0;
    for (std::size_t k = 0; k < classes; ++k) sum += std::exp(p.values[row + k]);
    for (std::size_t k = 0; k < classes; ++k) {
      const double log_p =
          from_scores ? p.values[row + k] - std::log(sum) : std::log(p.values[row + k]);
      const bool labels = t.dims.size() < p.dims.size();
      const double weight =
          labels ? t.values[row / classes] == static_cast<double>(k) : t.values[row + k];
      if (weight != 0) cost -= weight * log_p;
    }
    y.values.push_back(cost);
  }
  return y;
}

const op_test::Operand labels{{B}, {}, 5};
const op_test::Operand probabilities{{B, 5}, {0.1, 0.9}, 0, {0, -0.0, 1e-40, 0.25, 0.25, 0.5, 1}};
const op_test::Operand scores{{B, 5}, {}, 0, op_test::reduction_edges};

// The softmax of an infinite score has no derivative, although the cost of another label is inf.
bool score_is_inf(const std::vector<Array>& x) {
  return std::count(x[0].values.begin(), x[0].values.end(), op_test::inf) > 0;
}

}  // namespace

TEST_CASE("cross_entropy: of probabilities and labels", "[op][cross_entropy]") {
  op_test::check({
      .operands = {probabilities, labels},
      .op = [](auto& x) { return cross_entropy(x[0], x[1]); },
      .reference = [](auto& x) { return entropy(x[0], x[1], false); },
  });
}

TEST_CASE("cross_entropy: of probabilities and probabilities", "[op][cross_entropy]") {
  op_test::check({
      .operands = {probabilities, probabilities},
      .op = [](auto& x) { return cross_entropy(x[0], x[1]); },
      .reference = [](auto& x) { return entropy(x[0], x[1], false); },
  });
}

TEST_CASE("cross_entropy: of a softmax and labels", "[op][cross_entropy]") {
  op_test::check({
      .operands = {scores, labels},
      .op = [](auto& x) { return cross_entropy(softmax(x[0]), x[1]); },
      .reference = [](auto& x) { return entropy(x[0], x[1], true); },
      .singular = score_is_inf,
  });
  op_test::check({
      .operands = {{{B, 2, 5}}, {{B, 2}, {}, 5}},
      .op = [](auto& x) { return cross_entropy(softmax(x[0], ansatz::axis<-1>), x[1]); },
      .reference = [](auto& x) { return entropy(x[0], x[1], true); },
  });
}

TEST_CASE("cross_entropy: of a softmax and probabilities", "[op][cross_entropy]") {
  op_test::check({
      .operands = {scores, probabilities},
      .op = [](auto& x) { return cross_entropy(softmax(x[0]), x[1]); },
      .reference = [](auto& x) { return entropy(x[0], x[1], true); },
      .singular = score_is_inf,
  });
}

TEST_CASE("cross_entropy: 0 log 0 is 0", "[op][cross_entropy]") {
  const op_test::Build op = [](auto& x) { return cross_entropy(x[0], x[1]); };
  const Array p{{2, 2}, {0, 1, 1, 0}}, t{{2, 2}, {0, 1, 0, 1}};
  CHECK(op_test::evaluate(op, {p, t}).values == op_test::Numbers{0, op_test::inf});
}

TEST_CASE("cross_entropy: of a softmax, large scores lose neither value nor gradient",
          "[op][cross_entropy]") {
  const op_test::Build op = [](auto& x) {
    return cross_entropy(softmax(x[0], ansatz::axis<1>), x[1]);
  };
  const Array z{{2, 2}, {1000, -1000, 1000, -1000}}, t{{2, 2}, {0, 1, 1, 0}};
  CHECK(op_test::evaluate<float>(op, {z, t}).values == op_test::Numbers{2000, 0});
  CHECK(op_test::gradients(op, {z, t})[0].values == op_test::Numbers{1, -1, 0, 0});
}
