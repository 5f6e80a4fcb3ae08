// A perceptron with two layers of rectified linear units, for momentum and Nesterov's.
#pragma once

#include "model_test.hpp"

namespace model_test {

template <bool Gradients, class Rule>
constexpr Function relu_mlp(Rule rule) {
  const auto x = input<VectorSpace<13>>("x");
  const auto y = input<IndexSpace<10>>("y");
  const auto h0 = relu(matmul(x, parameter<Matrix<13, 9>>("W0")) + parameter<VectorSpace<9>>("b0"));
  const auto h1 =
      relu(matmul(h0, parameter<Matrix<9, 11>>("W1")) + parameter<VectorSpace<11>>("b1"));
  const auto p =
      softmax(matmul(h1, parameter<Matrix<11, 10>>("W2")) + parameter<VectorSpace<10>>("b2"));
  return trained<Gradients>(output("prediction", p), mean(cross_entropy(p, y)), rule);
}

}  // namespace model_test
