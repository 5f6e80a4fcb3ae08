// S3C: spike-and-slab sparse coding
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/default_cost.hpp>
#include <ansatz/job/initialization.hpp>
#include <ansatz/job/model_weights.hpp>
#include <ansatz/model/coding/s3c_steps.hpp>
#include <ansatz/model/inputs_of.hpp>
#include <dsl/ops/activation/sigmoid.hpp>
#include <dsl/ops/activation/softplus.hpp>
#include <dsl/ops/arithmetic/clip.hpp>
#include <dsl/ops/arithmetic/divide.hpp>
#include <dsl/ops/arithmetic/exp.hpp>
#include <dsl/ops/arithmetic/greater.hpp>
#include <dsl/ops/arithmetic/less.hpp>
#include <dsl/ops/arithmetic/log.hpp>
#include <dsl/ops/arithmetic/maximum.hpp>
#include <dsl/ops/arithmetic/minimum.hpp>
#include <dsl/ops/arithmetic/rsqrt.hpp>
#include <dsl/ops/arithmetic/sin.hpp>
#include <dsl/ops/arithmetic/sqrt.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/arithmetic/where.hpp>
#include <dsl/ops/constant/full.hpp>
#include <dsl/ops/control/stop_gradient.hpp>
#include <dsl/ops/linear/matmul.hpp>
#include <dsl/ops/loss/binary_cross_entropy.hpp>
#include <dsl/ops/random/bernoulli.hpp>
#include <dsl/ops/random/normal.hpp>
#include <dsl/ops/reduce/max.hpp>
#include <dsl/ops/reduce/mean.hpp>
#include <dsl/ops/reduce/min.hpp>
#include <dsl/ops/reduce/norm.hpp>
#include <dsl/ops/view/transpose.hpp>

#include <optional>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// What inference knows of examples: Q(h, s) is a product over units, in which h is 1 with
/// probability h_hat, s given h = 1 is normal about s_hat with variance var_s1, and s given h = 0
/// about 0 with variance var_s0.
struct S3CPosterior {
  AnyExpr h_hat, s_hat;    ///< [rows, nhid]
  AnyExpr var_s1, var_s0;  ///< [nhid]
};

/// Spike-and-slab sparse coding (Goodfellow, Courville and Bengio 2012, "Large-scale feature
/// learning with spike-and-slab sparse coding"): of bits h, the spikes, and numbers s, the slabs,
///
///     P(h_i = 1) = sigmoid(bias_hid_i),  s_i ~ N(h_i mu_i, 1 / alpha_i),
///     v_d ~ N((W (h s))_d, 1 / B_d).
///
/// The posterior, which is out of reach, is bounded by one that is a product over units, found by
/// the `e_step`; the cost is the bound of -log p(v), a mean over examples, and the `m_step`'s
/// penalties. Its gradient holds the posterior, as the M step of expectation maximisation does.
/// SGD trains it; DefaultTrainingAlgorithm does as Pylearn2, with the learning rate of the m_step.
///
/// Parameters, in Pylearn2's order: W [nvis, nhid], bias_hid, alpha, mu, B. Its output, as a block,
/// is h_hat. Functions beside "predict": "infer", h_hat and s_hat; "reconstruct", their W (h s);
/// "sample", which reads as many rows as are wanted, and draws v and its mean from the model.
class S3C : public Model {
 public:
  static constexpr const char* yaml = "pylearn2.models.s3c.S3C";
  static constexpr const char* doc = "spike-and-slab sparse coding (Goodfellow et al. 2012)";
  int nvis = 0, nhid = 0;
  double irange = 0;
  Numbers init_bias_hid = 0., first_B = 1., init_alpha = 1., first_mu = 0.;
  double min_B = 0, max_B = 0, min_alpha = 0, max_alpha = 0;
  double min_bias_hid = -1e30, max_bias_hid = 1e30, min_mu = -1e30, max_mu = 1e30;
  Shared<E_Step> e_step;
  Shared<Grad_M_Step> m_step;
  bool tied_B = false, disable_W_update = false, constrain_W_norm = false;
  bool monitor_functional = false, set_B_to_marginal_precision = false;
  std::optional<bool> init_unit_W;
  ir::List<String> monitor_stats, monitor_params;
  Shared<Dataset> random_patches_src;
  Seed seed;
  std::optional<double> init_momentum, final_momentum;
  std::optional<int> momentum_saturation_example;

  constexpr S3C() {}
  constexpr ~S3C() override {}
  template <KeyOf<S3C>... O>
    requires(sizeof...(O) > 0)
  constexpr explicit S3C(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("nvis", &S3C::nvis, "number of visible units").at_least(1);
    key.required("nhid", &S3C::nhid, "number of hidden units").at_least(1);
    key.required("irange", &S3C::irange, "weights are uniform in [-irange, irange) at first")
        .at_least(0);
    key.required("init_bias_hid", &S3C::init_bias_hid, "first biases of h: one, or each");
    key.required("init_B", &S3C::first_B, "first precisions of v: one, or each");
    key.required("min_B", &S3C::min_B, "least B").above(0).not_above("max_B");
    key.required("max_B", &S3C::max_B, "largest B");
    key.required("init_alpha", &S3C::init_alpha, "first precisions of s: one, or each");
    key.required("min_alpha", &S3C::min_alpha, "least alpha").above(0).not_above("max_alpha");
    key.required("max_alpha", &S3C::max_alpha, "largest alpha");
    key.required("init_mu", &S3C::first_mu, "first means of s: one, or each");
    key.required("m_step", &S3C::m_step, "how it learns: Grad_M_Step");
    key("min_bias_hid", &S3C::min_bias_hid, "least bias of h").not_above("max_bias_hid");
    key("max_bias_hid", &S3C::max_bias_hid, "largest bias of h");
    key("min_mu", &S3C::min_mu, "least mu").not_above("max_mu");
    key("max_mu", &S3C::max_mu, "largest mu");
    key.required("e_step", &S3C::e_step, "how it infers: E_Step");
    key("tied_B", &S3C::tied_B, "whether all of v have one precision");
    key("monitor_stats", &S3C::monitor_stats,
        "statistics of what was inferred whose extremes and means are channels: mean_h, mean_v, "
        "mean_sq_v, mean_s, mean_s1, mean_sq_s, mean_hs, mean_sq_hs, mean_sq_mean_hs, mean_hsv");
    key("monitor_params", &S3C::monitor_params,
        "parameters whose extremes and means are channels: W, bias_hid, alpha, mu, B, p");
    key("monitor_functional", &S3C::monitor_functional,
        "channel energy_functional: the bound of log p(v)");
    key("seed", &S3C::seed, "of the first weights; default [1, 2, 3]");
    key("disable_W_update", &S3C::disable_W_update, "whether W stays as it is");
    key("constrain_W_norm", &S3C::constrain_W_norm,
        "whether columns of W have length 1; they are then turned, each along a great circle");
    key("init_unit_W", &S3C::init_unit_W,
        "whether columns of W have length 1 at first; default: as constrain_W_norm");
    key("random_patches_src", &S3C::random_patches_src,
        "data set of which `nhid` examples in a row are the columns of W at first");
    key("set_B_to_marginal_precision", &S3C::set_B_to_marginal_precision,
        "whether the first B are 1 over the variances of the training data, within their limits");
    key("init_momentum", &S3C::init_momentum,
        "momentum of the steps with DefaultTrainingAlgorithm; default: none")
        .at_least(0)
        .below(1);
    key("final_momentum", &S3C::final_momentum, "what it becomes, in a line over examples")
        .at_least(0)
        .below(1)
        .only_with("init_momentum");
    key("momentum_saturation_example", &S3C::momentum_saturation_example, "after how many examples")
        .at_least(1)
        .only_with("final_momentum");
  }
  /// KeyFaults: lists of another length, first values outside of their limits, names of statistics
  /// and parameters that there are not.
  void check() const;

  constexpr SpaceInfo input_space() const override { return vector_space(nvis); }
  constexpr SpaceInfo hidden_space() const { return vector_space(nhid); }

  constexpr AnyExpr W() const { return parameter_leaf("W", ir::make_shape(nvis, nhid)); }
  constexpr AnyExpr bias_hid() const { return of_hidden("bias_hid"); }
  constexpr AnyExpr alpha() const { return of_hidden("alpha"); }
  constexpr AnyExpr mu() const { return of_hidden("mu"); }
  /// Of each visible unit, or one of all.
  constexpr AnyExpr B() const {
    return parameter_leaf("B", tied_B ? ir::make_shape() : ir::make_shape(nvis));
  }
  /// The precision that v gives to each slab: sum_d B_d W_di^2.
  constexpr AnyExpr w() const { return sum(square(transpose(W())) * B(), axis<1>); }
  constexpr AnyExpr p() const { return sigmoid(bias_hid()); }

  /// E(v, h, s), of p(v, h, s) = e^-E / Z, one number a row; h are bits.
  constexpr AnyExpr energy(const AnyExpr& v, const AnyExpr& h, const AnyExpr& s) const {
    return -sum(h * bias_hid(), units) +
           .5 * sum(alpha() * (square(s) - 2 * mu() * h * s + square(mu()) * h), units) +
           .5 * sum(square(v - matmul(h * s, transpose(W()))) * B(), units);
  }
  constexpr AnyExpr log_partition_function() const {
    return -.5 * sum_log_B() - .5 * sum(log(alpha())) + sum(softplus(bias_hid())) +
           .5 * (nvis + nhid) * log_two_pi;
  }
  /// E_Q E(v, h, s), one number a row.
  constexpr AnyExpr expected_energy(const AnyExpr& v, const S3CPosterior& q) const {
    const AnyExpr h = q.h_hat, hs = h * q.s_hat, sq_hs = h * (q.var_s1 + square(q.s_hat));
    return -sum(h * bias_hid(), units) +
           .5 * sum(alpha() * (sq_hs + (1 - h) * q.var_s0 - 2 * mu() * hs + square(mu()) * h),
                    units) +
           .5 * sum(square(v - matmul(hs, transpose(W()))) * B(), units) +
           .5 * sum(w() * (sq_hs - square(hs)), units);
  }
  /// E_Q log p(v, h, s), one number a row.
  constexpr AnyExpr expected_log_prob_vhs(const AnyExpr& v, const S3CPosterior& q) const {
    return -expected_energy(v, q) - log_partition_function();
  }
  /// The entropy of Q, one number a row.
  constexpr AnyExpr entropy(const S3CPosterior& q) const {
    const AnyExpr h = q.h_hat;
    return sum(binary_cross_entropy(h, h), units) +
           .5 * sum(h * log(q.var_s1) + (1 - h) * log(q.var_s0), units) +
           .5 * nhid * (log_two_pi + 1);
  }
  /// A lower bound of log p(v), one number a row: what both steps make larger.
  constexpr AnyExpr energy_functional(const AnyExpr& v, const S3CPosterior& q) const {
    return expected_log_prob_vhs(v, q) + entropy(q);
  }
  /// KL(Q || p(h, s | v)) up to what does not depend on Q, one number a row.
  constexpr AnyExpr truncated_KL(const AnyExpr& v, const S3CPosterior& q) const {
    return expected_energy(v, q) - entropy(q);
  }

  /// What is best for the slab of each unit, all others being as they are.
  constexpr AnyExpr infer_s_hat(const AnyExpr& v, const AnyExpr& h, const AnyExpr& s) const {
    return (mu() * alpha() + explained(v, h * s) + w() * h * s) / (alpha() + w());
  }
  /// The logarithm of the odds of the spike of each unit, all others being as they are.
  constexpr AnyExpr infer_h_hat_presigmoid(const AnyExpr& v, const AnyExpr& h,
                                           const AnyExpr& s) const {
    return (explained(v, h * s) + w() * h * s) * s - .5 * w() * square(s) -
           .5 * alpha() * square(s - mu()) + bias_hid() - .5 * log(1 + w() / alpha());
  }
  /// What Q is before any step: the prior.
  constexpr S3CPosterior prior_of(const AnyExpr& v) const {
    const AnyExpr rows = sum(0 * v, units, keep_axes);
    return {rows + p(), rows + mu(), 1 / (alpha() + w()), 1 / alpha()};
  }
  /// Q before and after each step of the e_step.
  constexpr ir::List<S3CPosterior> steps_of_inference(const AnyExpr& v) const {
    ir::List<S3CPosterior> history;
    S3CPosterior now = prior_of(v);
    history.push_back(now);
    for (int i = 0; i < e_step->steps(); ++i) {
      AnyExpr s = infer_s_hat(v, now.h_hat, now.s_hat);
      if (e_step->clip_reflections) s = reflection_clip(now.s_hat, s, e_step->rho);
      now.s_hat = damp(now.s_hat, s, e_step->s_new_coeff(i));
      const AnyExpr h = sigmoid(infer_h_hat_presigmoid(v, now.h_hat, now.s_hat));
      now.h_hat = damp(now.h_hat, h, e_step->h_new_coeff_schedule[i]);
      history.push_back(now);
    }
    return history;
  }
  constexpr S3CPosterior infer(const AnyExpr& v) const { return steps_of_inference(v).back(); }
  /// Where the sign changes, at most rho times as far as before.
  static constexpr AnyExpr reflection_clip(const AnyExpr& s, const AnyExpr& next, double rho) {
    return where(s > 0, maximum(next, -rho * s), where(s < 0, minimum(next, -rho * s), next));
  }
  static constexpr AnyExpr damp(const AnyExpr& old, const AnyExpr& next, double coefficient) {
    if (coefficient == 1) return next;
    return coefficient * next + (1 - coefficient) * old;
  }

  /// The bound of -log p(v), of a Q that gradients do not see, and the penalties of the m_step.
  constexpr bool method(std::string_view name, const Data& data, AnyExpr& value) const override {
    if (name != "cost_from_X") return false;
    const AnyExpr v = inputs_of(*this, data);
    value = -mean(energy_functional(v, held(infer(v))));
    const Grad_M_Step& m = *m_step;
    if (m.p_penalty != 0) value = value + setting("s3c.p_penalty", m.p_penalty) * mean(p());
    if (m.B_penalty != 0) value = value + setting("s3c.B_penalty", m.B_penalty) * mean(B());
    if (m.alpha_penalty != 0)
      value = value + setting("s3c.alpha_penalty", m.alpha_penalty) * mean(alpha());
    return true;
  }
  constexpr ir::List<String> method_names() const override {
    ir::List<String> names;
    names.push_back("cost_from_X");
    return names;
  }
  constexpr Shared<Cost> default_cost() const override { return Shared<Cost>(Default()); }

  constexpr Signal output(const Signal& v) const override {
    return Signal(hidden_space(), infer(format_as(v, input_space()).value()).h_hat);
  }
  constexpr void functions(const Data& data, FunctionList& list) const override;

  using Model::parameters;
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    const auto add = [&](const char* name, const AnyExpr& value, double scale) {
      ModelParameter each{name, value};
      each.lr_scale = scale;
      each.scaled = scale != 1;
      list.push_back(each);
    };
    add("W", W(), m_step->W_learning_rate_scale);
    list.back().frozen = disable_W_update;
    add("bias_hid", bias_hid(), 1);
    add("alpha", alpha(), m_step->alpha_learning_rate_scale);
    add("mu", mu(), 1);
    add("B", B(), m_step->B_learning_rate_scale);
  }
  void initialize(InitialValues& values) const override;
  constexpr void weights(ir::List<ModelWeights>& list) const override {
    list.push_back({"W", "W", W(), norm(W(), axis<1>), norm(W(), axis<0>)});
  }
  constexpr void modify_updates(UpdateList& updates) const override {
    AnyExpr* const weights = updates.find("W");
    if (weights && constrain_W_norm) *weights = turned(W(), *weights);
    const auto limit = [&](const char* name, double least, double most) {
      if (AnyExpr* const next = updates.find(name)) *next = clip(*next, least, most);
    };
    limit("alpha", min_alpha, max_alpha);
    limit("mu", min_mu, max_mu);
    limit("B", min_B, max_B);
    limit("bias_hid", min_bias_hid, max_bias_hid);
  }
  constexpr void channels(const Data& data, ChannelList& list) const override;

 private:
  static constexpr double log_two_pi = 1.8378770664093454836;

  constexpr AnyExpr of_hidden(const char* name) const {
    return parameter_leaf(name, ir::make_shape(nhid));
  }
  constexpr AnyExpr sum_log_B() const {
    if (tied_B) return nvis * log(B());
    return sum(log(B()));
  }
  // What the units are told by what is not explained of v: ((v - hs W^T) B) W.
  constexpr AnyExpr explained(const AnyExpr& v, const AnyExpr& hs) const {
    return matmul((v - matmul(hs, transpose(W()))) * B(), W());
  }
  static constexpr S3CPosterior held(const S3CPosterior& q) {
    return {stop_gradient(q.h_hat), stop_gradient(q.s_hat), stop_gradient(q.var_s1),
            stop_gradient(q.var_s0)};
  }
  // Columns of length 1, turned by the length of what is orthogonal to them of the step to `next`
  // (Douglas, Amari and Kung 2000, "On gradient adaptation with unit-norm constraints").
  static constexpr AnyExpr turned(const AnyExpr& W, const AnyExpr& next) {
    const AnyExpr step = next - W;
    const AnyExpr across = step - sum(step * W, axis<0>) * W;
    const AnyExpr angle = sqrt(1e-8 + sum(square(across), axis<0>));
    const AnyExpr there = cos(angle) * W + sin(angle) / angle * across;
    return there / sqrt(1e-8 + sum(square(there), axis<0>));
  }
};

constexpr void S3C::functions(const Data& data, FunctionList& list) const {
  Model::functions(data, list);
  list.add("infer", [&] {
    const S3CPosterior q = infer(inputs_of(*this, data));
    Function f;
    f.add(ansatz::output("h", q.h_hat));
    f.add(ansatz::output("s", q.s_hat));
    return f;
  });
  list.add("reconstruct", [&] {
    const S3CPosterior q = infer(inputs_of(*this, data));
    Function f;
    f.add(ansatz::output("v", matmul(q.h_hat * q.s_hat, transpose(W()))));
    return f;
  });
  list.add("sample", [&] {
    const S3CPosterior prior = prior_of(inputs_of(*this, data));
    const AnyExpr h = bernoulli(prior.h_hat);
    const AnyExpr s = prior.s_hat + normal_like(prior.s_hat) / sqrt(alpha());
    const AnyExpr center = matmul(h * s, transpose(W()));
    Function f;
    f.add(ansatz::output("v", center + normal_like(center) / sqrt(B())));
    f.add(ansatz::output("mean", center));
    return f;
  });
}

constexpr void S3C::channels(const Data& data, ChannelList& list) const {
  const AnyExpr v = inputs_of(*this, data);
  const ir::List<S3CPosterior> history = steps_of_inference(v);
  const S3CPosterior& q = history.back();
  list.add("expected_log_prob_vhs", mean(expected_log_prob_vhs(v, q)),
           "E_Q log p(v, h, s), in nats");
  if (monitor_functional)
    list.add("energy_functional", mean(energy_functional(v, q)),
             "lower bound of log p(v), in nats");
  const E_Step& e = *e_step;
  for (int i = 0; i < history.size(); ++i) {
    const S3CPosterior& each = history[i];
    const String number = to_text(static_cast<long long>(i + 1));
    if (e.monitor_kl && i > 0) {
      S3CPosterior between = each;
      between.h_hat = history[i - 1].h_hat;
      list.add("trunc_KL_" + number + ".1", mean(truncated_KL(v, between)));
      list.add("trunc_KL_" + number + ".2", mean(truncated_KL(v, each)));
    } else if (e.monitor_kl) {
      list.add("trunc_KL_" + number, mean(truncated_KL(v, each)));
    }
    if (e.monitor_energy_functional)
      list.add("energy_functional_" + number, mean(energy_functional(v, each)));
    if (e.monitor_s_mag) list.add("s_mag_" + number, mean(sqrt(sum(square(each.s_hat), units))));
    if (!e.monitor_ranges) continue;
    const AnyExpr hs = each.h_hat * each.s_hat;
    list.add("h_range_" + number, mean(max(each.h_hat, batch) - min(each.h_hat, batch)));
    list.add("hs_range_" + number, mean(max(hs, batch) - min(hs, batch)));
  }
  const auto add = [&](const String& name, const AnyExpr& x) {
    list.add(name + "_min", min(x));
    list.add(name + "_mean", mean(x));
    list.add(name + "_max", max(x));
  };
  const AnyExpr h = q.h_hat, hs = h * q.s_hat, sq_hs = h * (q.var_s1 + square(q.s_hat));
  for (const String& name : monitor_stats) {
    const auto called = [&](const char* wanted) { return name == wanted; };
    if (called("mean_h")) add(name, mean(h, batch));
    if (called("mean_v")) add(name, mean(v, batch));
    if (called("mean_sq_v")) add(name, mean(square(v), batch));
    if (called("mean_s1")) add(name, mean(q.s_hat, batch));
    if (called("mean_sq_s")) add(name, mean(sq_hs + (1 - h) * q.var_s0, batch));
    if (called("mean_hs") || called("mean_s")) add(name, mean(hs, batch));
    if (called("mean_sq_hs")) add(name, mean(sq_hs, batch));
    if (called("mean_sq_mean_hs")) add(name, mean(square(hs), batch));
    if (called("mean_hsv"))
      add(name, matmul(transpose(hs), v) / sum(mean(0 * v + 1, units), batch));
  }
  for (const String& name : monitor_params) {
    if (name == "p") add(name, p());
    for (const ModelParameter& each : Model::parameters())
      if (each.name == name.view()) add(name, each.value);
    if (name == "mu") add("mu_abs", abs(mu()));
    if (name == "W") add("W_norm", norm(W(), axis<0>));
  }
}

}  // namespace ansatz
