// A deep Boltzmann machine of three hidden layers, the last of classes, and its products in plain
// loops.
#pragma once

#include <ansatz/model/energy/dbm/binary_vector.hpp>
#include <ansatz/model/energy/dbm/binary_vector_max_pool.hpp>
#include <ansatz/model/energy/dbm/dbm.hpp>
#include <ansatz/model/energy/dbm/dbm_softmax.hpp>

#include "../model/probe.hpp"
#include "enumerate.hpp"

#include <cmath>
#include <string>
#include <vector>

namespace ansatz::testing {

/// Binary hidden units that are not pooled.
inline Shared<DBMHiddenLayer> binary_units(const char* name, int count) {
  BinaryVectorMaxPool layer;
  layer.layer_name = name;
  layer.detector_layer_dim = count;
  layer.irange = .5;
  return Shared<DBMHiddenLayer>(layer);
}
inline Shared<DBMHiddenLayer> class_units(int count) {
  DBMSoftmax top;
  top.layer_name = "c";
  top.n_classes = count;
  top.irange = .5;
  return Shared<DBMHiddenLayer>(top);
}
/// v of 5, "h" of 4, "g" of 3 units and 3 classes "c", or without these.
inline DBM deep_machine(bool classes = true) {
  DBM dbm;
  BinaryVector v;
  v.nvis = 5;
  v.learn_init_inpainting_state = true;
  dbm.visible_layer = Shared<DBMVisibleLayer>(v);
  dbm.hidden_layers.push_back(binary_units("h", 4));
  dbm.hidden_layers.push_back(binary_units("g", 3));
  if (classes) dbm.hidden_layers.push_back(class_units(3));
  dbm.niter = 3;
  dbm.check();
  return dbm;
}

using Rows = std::vector<double>;

inline Rows sigmoids(Rows x) {
  for (double& each : x) each = 1 / (1 + std::exp(-each));
  return x;
}
inline Rows softmaxes(Rows x, std::size_t width) {
  for (std::size_t at = 0; at < x.size(); at += width) {
    double total = 0;
    for (std::size_t k = 0; k < width; ++k) total += x[at + k] = std::exp(x[at + k]);
    for (std::size_t k = 0; k < width; ++k) x[at + k] /= total;
  }
  return x;
}
inline Rows scaled(Rows x, double factor) {
  for (double& each : x) each *= factor;
  return x;
}
inline Rows added(Rows x, const Rows& y) {
  for (std::size_t i = 0; i < x.size(); ++i) x[i] += y[i];
  return x;
}
/// x W^T, W being [below, above].
inline Rows downwards(const Rows& x, const Rows& W, std::size_t below, std::size_t above) {
  const std::size_t rows = x.size() / above;
  Rows out(rows * below);
  for (std::size_t n = 0; n < rows; ++n)
    for (std::size_t i = 0; i < below; ++i)
      for (std::size_t j = 0; j < above; ++j)
        out[n * below + i] += x[n * above + j] * W[i * above + j];
  return out;
}
/// The mean over rows of products a_i b_j.
inline Rows mean_products(const Rows& a, std::size_t n, const Rows& b, std::size_t m) {
  Rows w(n * m);
  const std::size_t rows = a.size() / n;
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < m; ++j)
        w[i * m + j] += a[r * n + i] * b[r * m + j] / static_cast<double>(rows);
  return w;
}

}  // namespace ansatz::testing
