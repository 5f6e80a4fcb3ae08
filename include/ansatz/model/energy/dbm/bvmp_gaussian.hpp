// BVMP_Gaussian: binary hidden units on normal visible ones, each of which explains v alone
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/model/energy/dbm/binary_vector_max_pool.hpp>
#include <ansatz/model/energy/dbm/gaussian_vis_layer.hpp>
#include <dsl/ops/linear/matmul.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A BinaryVectorMaxPool on a GaussianVisLayer, whose biases are b - beta W^2 / 2: what a unit
/// costs of (v - mu - W h)^2 beta / 2 where it is the only one on. That makes up for the e^(beta
/// W^2 / 2) by which a unit that is on would be more probable, the more the longer its weights are.
class BVMP_Gaussian : public BinaryVectorMaxPool {
 public:
  static constexpr const char* yaml = "pylearn2.models.dbm.BVMP_Gaussian";
  static constexpr const char* also[] = {"pylearn2.models.dbm.layer.BVMP_Gaussian"};
  static constexpr const char* doc = "BinaryVectorMaxPool whose biases make up for normal units";
  Shared<DBMVisibleLayer> input_layer;

  constexpr BVMP_Gaussian() {}
  constexpr ~BVMP_Gaussian() override {}
  template <KeyOf<BVMP_Gaussian>... O>
  constexpr BVMP_Gaussian(const GaussianVisLayer& visible, const char* name, int detectors,
                          const O&... options)
      : input_layer(visible) {
    layer_name = name;
    detector_layer_dim = detectors;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("input_layer", &BVMP_Gaussian::input_layer,
                 "the GaussianVisLayer below, of the same keys as the DBM's");
    BinaryVectorMaxPool::keys(key);
  }
  void check_on(const SpaceInfo& below) const override;

 protected:
  constexpr AnyExpr biases() const override {
    const auto* const normal = dynamic_cast<const GaussianVisLayer*>(input_layer.get());
    if (!normal) {
      graph_error("BVMP_Gaussian: input_layer must be a GaussianVisLayer");
      return b();
    }
    const SpaceInfo below = normal->space();
    const AnyExpr column(ir::reshape_features(normal->each_beta().value(),
                                              ir::make_shape(below.total_dimension(), 1)));
    return b() - .5 * sum(column * square(W(at(below))), axis<0>);
  }
};

}  // namespace ansatz
