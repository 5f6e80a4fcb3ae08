// IsingVisible, BoltzmannIsingVisible: visible units of -1 and 1
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/model/energy/dbm/dbm_layer.hpp>
#include <ansatz/model/energy/dbm/ising_units.hpp>
#include <dsl/ops/arithmetic/negate.hpp>
#include <dsl/ops/random/normal.hpp>
#include <dsl/ops/reduce/sum.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Visible units of -1 and 1 with the energy -beta v b. Parameters visible_bias [nvis], 0 at first,
/// or where units that see nothing have the means of a data set, and visible_beta.
class IsingVisible : public DBMVisibleLayer {
 public:
  static constexpr const char* yaml = "pylearn2.models.dbm.ising.IsingVisible";
  static constexpr const char* doc = "visible units of -1 and 1";
  int nvis = 0;
  double beta = 1;
  bool learn_beta = false;
  Shared<Dataset> bias_from_marginals;

  constexpr IsingVisible() {}
  constexpr ~IsingVisible() override {}
  template <KeyOf<IsingVisible>... O>
  constexpr IsingVisible(int count, double inverse_temperature, const O&... options)
      : nvis(count), beta(inverse_temperature) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("nvis", &IsingVisible::nvis, "number of units").at_least(1);
    key.required("beta", &IsingVisible::beta,
                 "inverse temperature, a factor of the layer's part of the energy")
        .above(0);
    key("learn_beta", &IsingVisible::learn_beta, "whether it is learned");
    key("bias_from_marginals", &IsingVisible::bias_from_marginals,
        "data set in [-1, 1] whose means units that see nothing have at first");
  }

  constexpr SpaceInfo space() const override { return vector_space(nvis); }
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    list.push_back({"visible_bias", bias()});
    list.push_back(ising::temperature("visible_beta", learn_beta));
  }
  void initialize(InitialValues& values) const override;
  constexpr AnyExpr upward(const AnyExpr& v) const override { return v; }
  constexpr AnyExpr mean_of(const AnyExpr& message) const override {
    return ising::mean_of(message + field());
  }
  constexpr AnyExpr sample(const AnyExpr& message) const override {
    return ising::draw(message + field());
  }
  constexpr AnyExpr sample_alone(const AnyExpr& like) const override { return sample(0 * like); }
  constexpr AnyExpr energy_term(const AnyExpr& v) const override {
    return -sum(v * field(), units);
  }
  constexpr AnyExpr init_inpainting_state(const AnyExpr& like, bool noise) const override {
    if (noise) return tanh(normal_like(like));
    return mean_of(0 * like);
  }
  constexpr AnyExpr recons_cost(const AnyExpr& v, const AnyExpr& message) const override {
    return ising::cost(v, message + field());
  }
  constexpr void channels(ChannelList& list) const override { list.add("beta", temperature()); }

 protected:
  constexpr AnyExpr bias() const { return parameter_leaf("visible_bias", ir::make_shape(nvis)); }
  constexpr AnyExpr temperature() const { return parameter_leaf("visible_beta", ir::make_shape()); }
  /// What each unit gets of the layer itself.
  constexpr virtual AnyExpr field() const { return temperature() * bias(); }
  /// How large a bias is that gives a field of 1 at beta = 1.
  constexpr virtual double bias_of_field() const { return 1; }
};

/// IsingVisible whose biases are those of the Boltzmann machine with units x = (v + 1) / 2 of 0 and
/// 1: the energy is -beta v b / 2, and the rest of it is that of a BoltzmannIsingHidden above.
/// Limits and noise are of what biases are in the energy of v, b / 2 plus a quarter of the weights
/// of v.
class BoltzmannIsingVisible : public IsingVisible {
 public:
  static constexpr const char* yaml = "pylearn2.models.dbm.ising.BoltzmannIsingVisible";
  static constexpr const char* doc = "the same with the biases of units that are 0 or 1";
  double sampling_b_stdev = 0;
  std::optional<double> min_ising_b, max_ising_b;

  constexpr BoltzmannIsingVisible() {}
  constexpr ~BoltzmannIsingVisible() override {}
  template <KeyOf<BoltzmannIsingVisible>... O>
  constexpr BoltzmannIsingVisible(int count, double inverse_temperature, const O&... options) {
    nvis = count;
    beta = inverse_temperature;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using Self = BoltzmannIsingVisible;
    IsingVisible::keys(key);
    key("sampling_b_stdev", &Self::sampling_b_stdev,
        "standard deviation of noise on the biases of each example's units where they are drawn")
        .at_least(0);
    key("min_ising_b", &Self::min_ising_b, "least bias of the energy").not_above("max_ising_b");
    key("max_ising_b", &Self::max_ising_b, "largest bias of the energy");
  }
  constexpr AnyExpr sample(const AnyExpr& message) const override {
    const AnyExpr z = message + field();
    if (sampling_b_stdev == 0) return ising::draw(z);
    return ising::draw(z + temperature() * setting("visible.sampling_b_stdev", sampling_b_stdev) *
                               normal_like(z));
  }
  constexpr void modify_updates(UpdateList& updates) const override {
    if (AnyExpr* const next = updates.find("visible_beta")) *next = clip(*next, 1, 1000);
  }
  constexpr bool has_limits() const override { return min_ising_b || max_ising_b; }
  constexpr void limit(const LimitedWeights& above, UpdateList& updates) const override {
    ising::limit_bias(updates.find("visible_bias"), {}, above, min_ising_b, max_ising_b);
  }
  constexpr void bias_channels(const LimitedWeights& above, ChannelList& list) const override {
    ising::bias_channels(bias(), {}, above, list);
  }

 protected:
  constexpr AnyExpr field() const override { return .5 * temperature() * bias(); }
  constexpr double bias_of_field() const override { return 2; }
};

}  // namespace ansatz
