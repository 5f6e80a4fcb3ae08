// RBM: F(v) = -v b - sum_j log(1 + e^(v W + c)_j)
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/linear/weights.hpp>
#include <ansatz/model/energy/energy_model.hpp>
#include <dsl/ops/activation/sigmoid.hpp>
#include <dsl/ops/activation/softplus.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/random/bernoulli.hpp>
#include <dsl/ops/random/multinomial.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A restricted Boltzmann machine (Smolensky 1986) with binary units, E(v, h) = -v W h - b v - c h:
/// between `nvis` and `nhid` units, or between two Spaces that a `transformer` connects, such as
/// the places of a convolution. CDk and SML train it.
///
///     RBM(nvis(784), nhid(500), irange(.05))
///     RBM(vis_space(Conv2DSpace<28, 28, 1>()), hid_space(Conv2DSpace<24, 24, 16>()),
///         transformer(Conv2D(RowsColumns(5))), irange(.05))
///
/// Parameters, in Pylearn2's order: W, bias_vis, bias_hid. Its output is E(h | v). Functions beside
/// "predict": "reconstruct", E(v | h) at h = E(h | v); "free_energy"; "gibbs", one step of
/// sampling.
class RBM : public EnergyModel {
 public:
  static constexpr const char* yaml = "pylearn2.models.rbm.RBM";
  static constexpr const char* doc = "restricted Boltzmann machine of binary units";
  int nvis = 0, nhid = 0;
  SpaceInfo vis_space, hid_space;
  Shared<LinearTransform> transformer;
  double irange = .5;
  Seed rng;
  Numbers init_bias_vis = 0., init_bias_hid = 0.;
  Shared<Dataset> init_bias_vis_marginals, random_patches_src;
  bool monitor_reconstruction = false;
  double base_lr = 1e-3;
  std::optional<double> anneal_start;
  int nchains = 100, sml_gibbs_steps = 1;

  constexpr RBM() {}
  constexpr ~RBM() override {}
  template <KeyOf<RBM>... O>
    requires(sizeof...(O) > 0)
  constexpr explicit RBM(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    structure_keys(key);
    key("init_bias_vis", &RBM::init_bias_vis, "first value of the visible biases: one, or each");
    key("init_bias_vis_marginals", &RBM::init_bias_vis_marginals,
        "data set in [0, 1]: the visible biases are where units without weights have its means")
        .not_with("init_bias_vis");
    key("random_patches_src", &RBM::random_patches_src,
        "data set of which `nhid` examples in a row, times irange, are the first weights");
    key("monitor_reconstruction", &RBM::monitor_reconstruction,
        "accepted and ignored: the channel is there");
    key("base_lr", &RBM::base_lr, "learning rate with DefaultTrainingAlgorithm").above(0);
    key("anneal_start", &RBM::anneal_start,
        "with DefaultTrainingAlgorithm the learning rate is at most this over the updates before")
        .above(0);
    key("nchains", &RBM::nchains, "chains of SML with DefaultTrainingAlgorithm").at_least(1);
    key("sml_gibbs_steps", &RBM::sml_gibbs_steps, "Gibbs steps of those chains between two updates")
        .at_least(1);
  }
  /// Those of all that stand between two Spaces.
  template <class K>
  static constexpr void structure_keys(K& key) {
    key("nvis", &RBM::nvis, "number of visible units").at_least(1);
    key("nhid", &RBM::nhid, "number of hidden units").at_least(1);
    key("vis_space", &RBM::vis_space, "the Space of the visible units, in place of nvis");
    key("hid_space", &RBM::hid_space, "that of the hidden units, in place of nhid");
    key("transformer", &RBM::transformer, "how they are connected; default: a matrix");
    key("irange", &RBM::irange,
        "weights are uniform in [-irange, irange) at first, unless the transformer begins itself")
        .at_least(0);
    key("rng", &RBM::rng, "seed of the first weights; default 1001");
    key("init_bias_hid", &RBM::init_bias_hid, "first value of the hidden biases: one, or each");
  }
  /// KeyFaults: Spaces told twice or not at all, a transformer that does not fit between them.
  void check() const;

  constexpr SpaceInfo input_space() const override {
    if (vis_space.kind != SpaceKind::null) return vis_space;
    return vector_space(nvis);
  }
  constexpr SpaceInfo hidden_space() const { return at().between.output; }

  /// v W + c, in the hidden Space.
  constexpr AnyExpr input_to_h_from_v(const AnyExpr& v) const { return lmul(v) + bias_hid(); }
  /// h W^T + b, in the visible Space.
  constexpr AnyExpr input_to_v_from_h(const AnyExpr& h) const { return lmul_T(h) + bias_vis(); }
  /// P(h = 1 | v)
  constexpr virtual AnyExpr mean_h_given_v(const AnyExpr& v) const {
    return sigmoid(input_to_h_from_v(v));
  }
  /// E(v | h)
  constexpr virtual AnyExpr mean_v_given_h(const AnyExpr& h) const {
    return sigmoid(input_to_v_from_h(h));
  }
  /// A draw of p(v | h), of its mean.
  constexpr virtual AnyExpr sample_visibles(const AnyExpr& v_mean) const {
    return bernoulli(v_mean);
  }
  /// E(v, h), one number a row.
  constexpr virtual AnyExpr energy(const AnyExpr& v, const AnyExpr& h) const {
    return -sum(v * bias_vis(), units) - sum(h * input_to_h_from_v(v), units);
  }
  /// The logarithm of the sum over all h of e^-E(v, h), with a minus.
  constexpr AnyExpr free_energy(const AnyExpr& v) const override {
    return -sum(v * bias_vis(), units) - sum(softplus(input_to_h_from_v(v)), units);
  }
  /// An estimate of the mean log-pseudo-likelihood, the sum over visible units of the logarithm of
  /// P(v_i | the others) (Besag 1975): of each example one unit is drawn, which stands for all.
  constexpr AnyExpr pseudo_likelihood(const AnyExpr& v) const {
    AnyExpr flat = v;
    if (v.shape().rank > 2)
      flat =
          AnyExpr(ir::reshape_features(v.value(), ir::make_shape(input_space().total_dimension())));
    AnyExpr one = multinomial(0 * flat + 1);
    if (v.shape().rank > 2) one = AnyExpr(ir::reshape_features(one.value(), input_space().shape));
    const AnyExpr flipped = v + one * (1 - 2 * v);
    return -input_space().total_dimension() * mean(softplus(free_energy(v) - free_energy(flipped)));
  }
  /// The hidden units are drawn, then the visible ones.
  constexpr AnyExpr gibbs_step(const AnyExpr& v) const override {
    const AnyExpr h = bernoulli(mean_h_given_v(v));
    return sample_visibles(mean_v_given_h(h));
  }
  /// By the second derivative of softplus. Right for transformers of which each number of the
  /// matrix is one weight, or 0, as that of every transform of the library is.
  constexpr AnyExpr score_slope(const AnyExpr& v, const AnyExpr&) const override {
    const AnyExpr h = mean_h_given_v(v);
    return squares_T(h * (1 - h));
  }

  constexpr Signal output(const Signal& v) const override {
    return Signal(hidden_space(), mean_h_given_v(visible(v)));
  }
  constexpr void functions(const Data& data, FunctionList& list) const override;

  using Model::parameters;
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    weights_between().add_parameters(at(), list);
    list.push_back({"bias_vis", bias_vis()});
    list.push_back({"bias_hid", bias_hid()});
  }
  void initialize(InitialValues& values) const override;
  constexpr void weights(ir::List<ModelWeights>& list) const override {
    list.push_back(weights_between().named(at(), "W"));
  }
  /// Extremes of the biases and of the mean activities of the hidden units; the squared distance
  /// of an example and of what it becomes when the hidden units are drawn; of binary units the
  /// pseudo-likelihood.
  constexpr void channels(const Data& data, ChannelList& list) const override;

  constexpr virtual bool has_binary_visibles() const { return true; }
  constexpr AnyExpr W() const { return weights_between().W(at()); }
  constexpr AnyExpr bias_vis() const { return parameter_leaf("bias_vis", input_space().shape); }
  constexpr AnyExpr bias_hid() const { return parameter_leaf("bias_hid", hidden_space().shape); }
  /// v W, [rows, hidden]; h W^T, [rows, visible].
  constexpr AnyExpr lmul(const AnyExpr& v) const {
    return weights_between().lmul(at(), Signal(input_space(), v)).value();
  }
  constexpr AnyExpr lmul_T(const AnyExpr& h) const {
    return format_as(weights_between().lmul_T(at(), Signal(hidden_space(), h)), input_space())
        .value();
  }

 protected:
  constexpr AnyExpr visible(const Signal& v) const { return format_as(v, input_space()).value(); }
  /// y (W^2)^T, the squares taken number by number.
  constexpr AnyExpr squares_T(const AnyExpr& y) const {
    const Weights w = weights_between();
    const WeightsAt here = at();
    const Signal squared(here.between.input,
                         w.map()->lmul_T(Weights::named_between(here), square(W()), y));
    return format_as(squared, input_space()).value();
  }
  constexpr Weights weights_between() const {
    Weights w;
    w.transform = transformer;
    if (!transformer || !transformer->begins_itself()) w.irange = irange;
    return w;
  }
  constexpr WeightsAt at() const {
    int hidden = nhid;
    if (hid_space.kind != SpaceKind::null) hidden = hid_space.total_dimension();
    return {weights_between().between(input_space(), hidden), "W", "W"};
  }
};

constexpr void RBM::functions(const Data& data, FunctionList& list) const {
  Model::functions(data, list);
  const auto add = [&](const char* called, const auto& result, const char* name) {
    list.add(called, [&] {
      Function f;
      f.add(ansatz::output(name, result(visible(data[input_source()]))));
      return f;
    });
  };
  add(
      "reconstruct", [&](const AnyExpr& v) { return mean_v_given_h(mean_h_given_v(v)); }, "v");
  add(
      "free_energy", [&](const AnyExpr& v) { return free_energy(v); }, "F");
  add(
      "gibbs", [&](const AnyExpr& v) { return gibbs_step(v); }, "v");
}

constexpr void RBM::channels(const Data& data, ChannelList& list) const {
  const AnyExpr v = visible(data[input_source()]);
  const auto add = [&](const String& name, const AnyExpr& x) {
    list.add(name + "_min", min(x));
    list.add(name + "_mean", mean(x));
    list.add(name + "_max", max(x));
  };
  const AnyExpr h = mean_h_given_v(v);
  add("bias_hid", bias_hid());
  add("bias_vis", bias_vis());
  add("h", mean(h, batch));
  list.add("reconstruction_error", mean(sum(square(mean_v_given_h(bernoulli(h)) - v), units)),
           "squared distance of an example and of E(v | h), h drawn");
  if (has_binary_visibles())
    list.add("pseudo_likelihood", pseudo_likelihood(v),
             "estimate of the sum over units of log P(v_i | the others), in nats");
}

}  // namespace ansatz
