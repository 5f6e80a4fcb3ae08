// mu_pooled_ssRBM: hidden units of a spike and some slabs
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/job/model_weights.hpp>
#include <ansatz/model/energy/energy_model.hpp>
#include <dsl/ops/activation/sigmoid.hpp>
#include <dsl/ops/activation/softplus.hpp>
#include <dsl/ops/arithmetic/divide.hpp>
#include <dsl/ops/arithmetic/exp.hpp>
#include <dsl/ops/arithmetic/maximum.hpp>
#include <dsl/ops/arithmetic/sqrt.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/constant/full.hpp>
#include <dsl/ops/linear/matmul.hpp>
#include <dsl/ops/random/bernoulli.hpp>
#include <dsl/ops/random/normal.hpp>
#include <dsl/ops/reduce/max.hpp>
#include <dsl/ops/reduce/mean.hpp>
#include <dsl/ops/reduce/min.hpp>
#include <dsl/ops/reduce/norm.hpp>
#include <dsl/ops/view/reshape.hpp>
#include <dsl/ops/view/transpose.hpp>

#include <optional>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A spike-and-slab restricted Boltzmann machine (Courville, Bergstra and Bengio 2011,
/// "Unsupervised models of images by spike-and-slab RBMs"): each hidden unit is a bit h_i, the
/// spike, and n_s_per_h numbers s, the slabs, which pool. Of visible numbers v
///
///     E(v, s, h) = v (B + Lambda h) v / 2 - b h + sum_k (alpha_k s_k^2 / 2
///                  + h_i(k) (alpha_k mu_k^2 / 2 - alpha_k mu_k s_k - s_k (v W)_k))
///
/// so that v given s and h is normal with a diagonal precision. CDk, SML, SM and, in a
/// NormalizedEBM, NCE train it. Parameters, in Pylearn2's order: mu, B, Lambda [nvis, nhid], W
/// [nvis, slabs], b, log_alpha. After each update B is at least min_B, and Lambda at least 0,
/// without which some state would have no density.
class mu_pooled_ssRBM : public EnergyModel {
 public:
  static constexpr const char* yaml = "pylearn2.models.rbm.mu_pooled_ssRBM";
  static constexpr const char* doc = "spike-and-slab RBM (Courville et al. 2011)";
  int nvis = 0, nhid = 0, n_s_per_h = 1, fixed_batch_size = 0;
  double first_alpha = 0, alpha_irange = 0, first_b = 0, first_B = 0, first_Lambda = 0;
  double Lambda_irange = 0, first_mu = 0, min_B = 1e-3;
  std::optional<double> W_irange;
  Seed rng;

  constexpr mu_pooled_ssRBM() {}
  constexpr ~mu_pooled_ssRBM() override {}
  template <KeyOf<mu_pooled_ssRBM>... O>
    requires(sizeof...(O) > 0)
  constexpr explicit mu_pooled_ssRBM(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using Self = mu_pooled_ssRBM;
    key.required("nvis", &Self::nvis, "number of visible units").at_least(1);
    key.required("nhid", &Self::nhid, "number of hidden units").at_least(1);
    key.required("n_s_per_h", &Self::n_s_per_h, "slabs of a hidden unit").at_least(1);
    key.required("batch_size", &Self::fixed_batch_size, "examples of a batch; 0: any").at_least(0);
    key.required("alpha0", &Self::first_alpha, "first precision of the slabs").above(0);
    key.required("alpha_irange", &Self::alpha_irange,
                 "it is uniform within so much of alpha0 at first")
        .at_least(0);
    key.required("b0", &Self::first_b, "first value of the spikes' biases");
    key.required("B0", &Self::first_B, "first precision of v where no spike is on").above(0);
    key.required("Lambda0", &Self::first_Lambda, "what a spike adds to it at first").at_least(0);
    key.required("Lambda_irange", &Self::Lambda_irange, "it is uniform up to so much more at first")
        .at_least(0);
    key.required("mu0", &Self::first_mu, "first mean of the slabs");
    key("W_irange", &Self::W_irange,
        "weights are uniform in (-W_irange, W_irange]; default: 2 / sqrt(nvis nhid)")
        .at_least(0);
    key("min_B", &Self::min_B, "least B").above(0);
    key("rng", &Self::rng, "seed of the first values; default 1001");
  }
  /// KeyFaults: precisions that could be negative at first.
  void check() const;

  constexpr SpaceInfo input_space() const override { return vector_space(nvis); }
  constexpr SpaceInfo hidden_space() const { return vector_space(nhid); }
  constexpr int batch_size() const override { return fixed_batch_size; }
  constexpr int slabs() const {
    const long long count = 1LL * nhid * n_s_per_h, most = 2147483647;
    return static_cast<int>(count < most ? count : most);  // check refuses more
  }

  constexpr AnyExpr mu() const { return parameter_leaf("mu", ir::make_shape(slabs())); }
  constexpr AnyExpr B() const { return parameter_leaf("B", ir::make_shape(nvis)); }
  constexpr AnyExpr Lambda() const { return parameter_leaf("Lambda", ir::make_shape(nvis, nhid)); }
  constexpr AnyExpr W() const { return parameter_leaf("W", ir::make_shape(nvis, slabs())); }
  constexpr AnyExpr b() const { return parameter_leaf("b", ir::make_shape(nhid)); }
  constexpr AnyExpr log_alpha() const {
    return parameter_leaf("log_alpha", ir::make_shape(slabs()));
  }

  /// E(v, s, h), one number a row.
  constexpr AnyExpr energy(const AnyExpr& v, const AnyExpr& s, const AnyExpr& h) const {
    const AnyExpr alpha = exp(log_alpha());
    const AnyExpr of_slabs = .5 * alpha * square(mu()) - alpha * mu() * s - s * matmul(v, W());
    return .5 * sum(square(v) * (B() + matmul(h, transpose(Lambda()))), units) -
           sum(h * b(), units) + .5 * sum(alpha * square(s), units) +
           sum(of_slabs * each_slab(h), units);
  }
  /// The logarithm of the odds of a spike, slabs being integrated out.
  constexpr AnyExpr input_to_h_from_v(const AnyExpr& v) const {
    const AnyExpr x = matmul(v, W());
    return b() - .5 * matmul(square(v), Lambda()) +
           pooled(mu() * x + .5 * square(x) * exp(-log_alpha()));
  }
  constexpr AnyExpr mean_h_given_v(const AnyExpr& v) const { return sigmoid(input_to_h_from_v(v)); }
  /// E(s | v, h = 1); their variances are 1 / alpha.
  constexpr AnyExpr mean_s_given_v(const AnyExpr& v) const {
    return mu() + matmul(v, W()) * exp(-log_alpha());
  }
  /// The variances of v given spikes, and its mean.
  constexpr AnyExpr variance_of_v(const AnyExpr& h) const {
    return 1 / (B() + matmul(h, transpose(Lambda())));
  }
  constexpr AnyExpr mean_v_given(const AnyExpr& h, const AnyExpr& s) const {
    return matmul(each_slab(h) * s, transpose(W())) * variance_of_v(h);
  }
  /// Up to a constant: -log of the sum over h and the integral over s of e^-E.
  constexpr AnyExpr free_energy(const AnyExpr& v) const override {
    return .5 * sum(B() * square(v), units) - sum(softplus(input_to_h_from_v(v)), units);
  }
  /// Spikes, slabs and v are drawn, one after the other.
  constexpr AnyExpr gibbs_step(const AnyExpr& v) const override {
    const AnyExpr h = bernoulli(mean_h_given_v(v));
    const AnyExpr mean = mean_s_given_v(v);
    const AnyExpr s = mean + normal_like(mean) * exp(-.5 * log_alpha());
    const AnyExpr center = mean_v_given(h, s);
    return center + normal_like(center) * sqrt(variance_of_v(h));
  }

  constexpr Signal output(const Signal& v) const override {
    return Signal(hidden_space(), mean_h_given_v(format_as(v, input_space()).value()));
  }
  constexpr void functions(const Data& data, FunctionList& list) const override {
    Model::functions(data, list);
    const auto add = [&](const char* called, const char* name, const auto& made) {
      list.add(called, [&] {
        Function f;
        f.add(ansatz::output(name, made(inputs_of(*this, data))));
        return f;
      });
    };
    add("free_energy", "F", [&](const AnyExpr& v) { return free_energy(v); });
    add("gibbs", "v", [&](const AnyExpr& v) { return gibbs_step(v); });
  }
  using Model::parameters;
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    list.push_back({"mu", mu()});
    list.push_back({"B", B()});
    list.push_back({"Lambda", Lambda()});
    list.push_back({"W", W()});
    list.push_back({"b", b()});
    list.push_back({"log_alpha", log_alpha()});
  }
  void initialize(InitialValues& values) const override;
  constexpr void weights(ir::List<ModelWeights>& list) const override {
    const AnyExpr w = W();
    list.push_back({"W", "W", w, norm(w, axis<1>), norm(w, axis<0>)});
  }
  constexpr void modify_updates(UpdateList& updates) const override {
    if (AnyExpr* const next = updates.find("B")) *next = maximum(*next, min_B);
    if (AnyExpr* const next = updates.find("Lambda")) *next = maximum(*next, 0);
  }
  /// Extremes and means of the parameters and of the mean activities of the spikes; the squared
  /// distance of an example and of the mean of v after a Gibbs step.
  constexpr void channels(const Data& data, ChannelList& list) const override {
    const AnyExpr v = inputs_of(*this, data);
    const auto add = [&](const String& name, const AnyExpr& x) {
      list.add(name + "_min", min(x));
      list.add(name + "_mean", mean(x));
      list.add(name + "_max", max(x));
    };
    add("alpha", exp(log_alpha()));
    add("b", b());
    add("B", B());
    add("Lambda", Lambda());
    add("mu", mu());
    add("h", mean(mean_h_given_v(v), batch));
    const AnyExpr h = bernoulli(mean_h_given_v(v));
    list.add("reconstruction_error",
             mean(sum(square(mean_v_given(h, mean_s_given_v(v)) - v), units)),
             "squared distance of an example and of E(v | h, s), h drawn, s its mean");
  }

 private:
  /// Sums over the slabs of each unit.
  constexpr AnyExpr pooled(const AnyExpr& x) const {
    if (n_s_per_h == 1) return x;
    return sum(AnyExpr(ir::reshape_features(x.value(), ir::make_shape(nhid, n_s_per_h))), axis<1>);
  }
  /// The spike of each slab.
  constexpr AnyExpr each_slab(const AnyExpr& h) const {
    if (n_s_per_h == 1) return h;
    const AnyExpr column(ir::reshape_features(h.value(), ir::make_shape(nhid, 1)));
    const AnyExpr beside = column + AnyExpr(zeros(VectorSpace(n_s_per_h)));
    return AnyExpr(ir::reshape_features(beside.value(), ir::make_shape(slabs())));
  }
};

}  // namespace ansatz
