#include <dsl/compile.hpp>

#include <cmath>

#include "hand.hpp"
#include "models.hpp"
#include "workload.hpp"

namespace bench {

namespace {

template <class F>
Workload dense_workload(const char* name, const Net& net, int batch, F describe) {
  hand::DenseOptions by_hand{.sizes = {net.size, net.size + net.layers + 1}, .batch = batch};
  if (net.momentum) by_hand.momentum = 0.9f;
  if (net.dropout) by_hand.kept_inputs = 0.8f, by_hand.kept_units = 0.5f;
  std::vector<double> bounds;
  for (int l = 0; l < net.layers; ++l) bounds.push_back(std::sqrt(6.0 / net.size[l]));
  return {.name = name,
          .features = net.size[0],
          .batch = batch,
          .rate = by_hand.rate,
          .target = Target::label,
          .random = net.dropout,
          .bounds = bounds,
          .compiled = [describe] { return compile(describe); },
          .function = describe,
          .hand =
              [by_hand](int threads, DrawsOfThreads draws) {
                return hand::dense(by_hand, threads, std::move(draws));
              }};
}

}  // namespace

void add_dense(std::vector<Workload>& all) {
  all.push_back(
      dense_workload("a100", softmax_regression, 100, [] { return dense(softmax_regression); }));
  all.push_back(dense_workload("b", perceptron, 100, [] { return dense(perceptron); }));
  all.push_back(dense_workload("c", dropout_net, 100, [] { return dense(dropout_net); }));
  all.push_back(dense_workload("h_deep", deep_net, 32, [] { return dense(deep_net); }));
}

}  // namespace bench
