// BinaryVector: visible units 0 or 1, P(v = 1 | h) = sigmoid(message + b)
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/model/energy/dbm/dbm_layer.hpp>
#include <dsl/ops/activation/sigmoid.hpp>
#include <dsl/ops/activation/softplus.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/negate.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/control/stop_gradient.hpp>
#include <dsl/ops/random/bernoulli.hpp>
#include <dsl/ops/random/normal.hpp>
#include <dsl/ops/reduce/sum.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Binary visible units. Parameter: visible_bias [nvis], 0 at first, or where units that see
/// nothing have the means of a data set. With `center`, others see v minus these first means, the
/// parameter visible_offset, which is not trained (Montavon and Müller 2012). Each unit may stand
/// for several, `copies`, of one bias and one set of weights: v is then their mean, which others
/// see as often as there are copies.
class BinaryVector : public DBMVisibleLayer {
 public:
  static constexpr const char* yaml = "pylearn2.models.dbm.BinaryVector";
  static constexpr const char* also[] = {"pylearn2.models.dbm.layer.BinaryVector"};
  static constexpr const char* doc = "binary visible units";
  int nvis = 0, copies = 1;
  Shared<Dataset> bias_from_marginals;
  bool center = false, learn_init_inpainting_state = false;

  constexpr BinaryVector() {}
  constexpr ~BinaryVector() override {}
  template <KeyOf<BinaryVector>... O>
  constexpr explicit BinaryVector(int count, const O&... options) : nvis(count) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("nvis", &BinaryVector::nvis, "number of units").at_least(1);
    key("bias_from_marginals", &BinaryVector::bias_from_marginals,
        "data set in [0, 1] whose means units that see nothing have at first");
    key("center", &BinaryVector::center, "whether others see v minus its first means");
    key("copies", &BinaryVector::copies, "units of the same weights that each v is the mean of")
        .from_to(1, 1000);
    key("learn_init_inpainting_state", &BinaryVector::learn_init_inpainting_state,
        "whether gradients see what MultiPrediction begins hidden pixels with");
  }

  constexpr AnyExpr bias() const { return parameter_leaf("visible_bias", ir::make_shape(nvis)); }
  constexpr AnyExpr offset() const {
    return parameter_leaf("visible_offset", ir::make_shape(nvis));
  }
  constexpr SpaceInfo space() const override { return vector_space(nvis); }
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    list.push_back({"visible_bias", bias()});
    if (!center) return;
    ModelParameter own{"visible_offset", offset()};
    own.frozen = true;
    list.push_back(own);
  }
  void initialize(InitialValues& values) const override;
  constexpr AnyExpr upward(const AnyExpr& v) const override {
    if (center) return of_copies(copies, v - offset());
    return of_copies(copies, v);
  }
  constexpr AnyExpr mean_of(const AnyExpr& message) const override {
    return sigmoid(message + bias());
  }
  constexpr AnyExpr sample(const AnyExpr& message) const override {
    const AnyExpr p = mean_of(message);
    return mean_of_draws(copies, [&] { return AnyExpr(bernoulli(p)); });
  }
  constexpr AnyExpr sample_alone(const AnyExpr& like) const override {
    return mean_of_draws(copies, [&] { return AnyExpr(bernoulli_like(like, sigmoid(bias()))); });
  }
  constexpr AnyExpr energy_term(const AnyExpr& v) const override {
    return -sum(upward(v) * bias(), units);
  }
  constexpr AnyExpr init_inpainting_state(const AnyExpr& like, bool noise) const override {
    if (noise) return sigmoid(normal_like(like));
    const AnyExpr means = sigmoid(0 * like + bias());
    if (learn_init_inpainting_state) return means;
    return stop_gradient(means);
  }
  constexpr AnyExpr recons_cost(const AnyExpr& v, const AnyExpr& message) const override {
    const AnyExpr z = message + bias();
    return softplus(z) - v * z;
  }
};

}  // namespace ansatz
