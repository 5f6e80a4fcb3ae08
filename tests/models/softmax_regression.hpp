// Softmax regression with weight decay, for all update rules.
#pragma once

#include "model_test.hpp"

namespace model_test {

template <bool Gradients, class Rule>
constexpr Function softmax_regression(Rule rule) {
  const auto x = input<VectorSpace<13>>("x");
  const auto y = input<IndexSpace<10>>("y");
  const auto W = parameter<Matrix<13, 10>>("W");
  const auto b = parameter<VectorSpace<10>>("b");
  const auto p = softmax(matmul(x, W) + b);
  const auto cost = mean(cross_entropy(p, y)) + scalar("weight_decay") * sum(square(W));
  return trained<Gradients>(output("prediction", p), cost, rule);
}

}  // namespace model_test
