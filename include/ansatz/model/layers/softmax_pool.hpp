// SoftmaxPool: p_i = probability that one unit of pool i is on, z = x W + b
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/model/layers/dense.hpp>
#include <ansatz/model/without_cost.hpp>
#include <dsl/ops/image/probabilistic_max_pool.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Probabilistic max pooling (Lee et al. 2009) over neighbouring units of a dense layer, Pylearn2's
/// SoftmaxPool: of the pool_size detectors of a pool at most one is on, and the output is the
/// probability that one is, 1 - 1 / (1 + sum of e^z). Parameters "<layer>_W" [input,
/// detector_layer_dim] and "<layer>_b". It has no cost of its own.
///
///     SoftmaxPool("h0", 500, pool_size(2), irange(.05))
class SoftmaxPool : public WithoutCost<Dense> {
 public:
  static constexpr const char* yaml = "pylearn2.models.mlp.SoftmaxPool";
  static constexpr const char* doc = "layer of probabilistic pools of units";
  int detector_layer_dim = 0, pool_size = 1;

  constexpr SoftmaxPool() {}
  template <KeyOf<SoftmaxPool>... O>
  constexpr SoftmaxPool(const char* name, int detectors, const O&... options)
      : detector_layer_dim(detectors) {
    layer_name = name;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("detector_layer_dim", &SoftmaxPool::detector_layer_dim, "number of units")
        .at_least(1);
    key("pool_size", &SoftmaxPool::pool_size, "units of a pool").at_least(1);
    affine_keys(key);
  }
  constexpr int units() const override { return detector_layer_dim; }

  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    check(input);
    if (pool_size < 1 || detector_layer_dim % pool_size != 0)
      refuse("detector_layer_dim " + to_text(detector_layer_dim) + ": a multiple of pool_size, " +
             to_text(pool_size).view() + ", is needed");
    return vector_space(detector_layer_dim / pool_size);
  }
  constexpr Signal fprop(const Place& at, const Signal& below) const override {
    return Signal(output_space(at.input), activation(at, pre_activation(at, below)));
  }
  constexpr AnyExpr activation(const Place&, const AnyExpr& z) const override {
    return probabilistic_max_pool_channels(z, pool_size).p;
  }

  constexpr void channels(const Place& at, const Signal&, const Signal& output, const Signal*,
                          ChannelList& list) const override {
    norm_channels(weights_at(at), list);
    ChannelList activity;
    activity_channels(output.value(), "_x.", activity);
    const char* prefix = "p_";
    if (pool_size == 1) prefix = "";
    list.add(prefix, activity);
  }
};

}  // namespace ansatz
