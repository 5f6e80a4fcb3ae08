// A convolutional net with one layer of pools, largest or mean, whole ones only or partial too.
#pragma once

#include <dsl/ops/image/convolve.hpp>
#include <dsl/ops/image/max_pool.hpp>
#include <dsl/ops/image/mean_pool.hpp>

#include "model_test.hpp"

namespace model_test {

template <bool Gradients, int Features, class Pool>
constexpr Function conv_net(Pool pooling) {
  const auto x = input<Conv2DSpace<9, 8, 2>>("x");
  const auto y = input<IndexSpace<10>>("y");
  const auto K = parameter<Tensor<3, 3, 2, 4>>("K");
  const auto pooled = pooling(relu(convolve(x, K) + parameter<VectorSpace<4>>("b")));
  const auto p = softmax(matmul(flatten(pooled), parameter<Matrix<Features, 10>>("W")) +
                         parameter<VectorSpace<10>>("c"));
  Outputs others = output("pooled", pooled);
  for (const auto& each : output("prediction", p).list) others.list.push_back(each);
  return trained<Gradients>(others, mean(cross_entropy(p, y)), Sgd{});
}

}  // namespace model_test
