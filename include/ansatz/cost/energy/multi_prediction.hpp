// MultiPrediction: parts of an example are to be found from the rest, by mean field
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/cost/energy/toronto_sparsity.hpp>
#include <ansatz/job/cost.hpp>
#include <ansatz/job/model_as.hpp>
#include <ansatz/model/energy/dbm/dbm.hpp>
#include <dsl/ops/activation/log_softmax.hpp>
#include <dsl/ops/arithmetic/not_equal.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/random/bernoulli.hpp>
#include <dsl/ops/reduce/argmax.hpp>
#include <dsl/ops/reduce/min.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Which numbers of an example are hidden from inference, and to be found by it: each with
/// probability drop_prob. With `balance` an example's probability is drop_prob or one minus that,
/// as often; with `sync_channels` all channels of a pixel are hidden together.
class MaskGen : public Object {
 public:
  static constexpr const char* yaml = "pylearn2.costs.dbm.MaskGen";
  static constexpr const char* kind_name = "mask generator";
  static constexpr const char* doc = "what MultiPrediction hides";
  double drop_prob = .5;
  bool balance = false, sync_channels = true;
  std::optional<double> drop_prob_y;
  Seed seed;

  constexpr MaskGen() {}
  template <KeyOf<MaskGen>... O>
  constexpr explicit MaskGen(double probability, const O&... options) : drop_prob(probability) {
    give(*this, options...);
  }
  constexpr ~MaskGen() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("drop_prob", &MaskGen::drop_prob, "probability that a number is hidden")
        .probability();
    key("balance", &MaskGen::balance,
        "whether half of the examples have one minus that probability instead");
    key("sync_channels", &MaskGen::sync_channels,
        "whether all channels of a pixel are hidden together; vectors have no channels");
    key("drop_prob_y", &MaskGen::drop_prob_y,
        "probability that a label is hidden; default: drop_prob")
        .probability();
    key("seed", &MaskGen::seed, "accepted and ignored: draws depend on the seed of the job");
  }

  struct Masks {
    AnyExpr of_v, of_y;  ///< in v's shape, and one a row
  };
  /// 1 where a number is hidden.
  constexpr Masks draw(const AnyExpr& v) const {
    const AnyExpr rows = sum(0 * v, units);
    AnyExpr p = setting("mask_gen.drop_prob", drop_prob), p_y = p;
    if (balance) {
      const AnyExpr flip = bernoulli_like(rows, .5);
      p = flip * (1 - p) + (1 - flip) * p;
      p_y = p;
    } else if (drop_prob_y) {
      p_y = setting("mask_gen.drop_prob_y", *drop_prob_y);
    }
    if (sync_channels && v.shape().rank > 2)
      return {bernoulli_like(sum(0 * v, axis<-1>, keep_axes), p) + 0 * v,
              bernoulli_like(rows, p_y)};
    return {bernoulli_like(v, p), bernoulli_like(rows, p_y)};
  }
};

/// The criterion of multi-prediction deep Boltzmann machines (Goodfellow, Mirza, Courville and
/// Bengio 2013): what is hidden of an example, and with `supervised` of its label, is found by mean
/// field from the rest; the cost is minus the log-probability that it gives to what is there, the
/// mean over examples and units (with use_sum: summed over units). The label's is divided by the
/// number of visible units, as Pylearn2's.
///
/// Channels: terms of the cost; with labels err, the share of classes that mean field gets wrong,
/// inpaint_err, that of the hidden ones.
class MultiPrediction : public Cost {
 public:
  static constexpr const char* yaml = "pylearn2.costs.dbm.MultiPrediction";
  static constexpr const char* doc = "parts of an example are found from the rest by mean field";
  Shared<MaskGen> mask_gen;
  bool hidden_as_noise = false, both_directions = false, supervised_cost = false, use_sum = false;
  bool monitor_each_step = false, monitor_multi_inference = false;
  std::optional<int> niter, block_grad;
  std::optional<double> robustness;
  ir::List<ActivityNumbers> l1_act_targets, l1_act_coeffs, l1_act_eps, range_rewards;
  ir::List<ActivityNumbers> reweighted_act_targets, reweighted_act_coeffs;
  ir::List<ActivityNumbers> toronto_act_targets, toronto_act_coeffs;

  constexpr MultiPrediction() {}
  constexpr explicit MultiPrediction(const Shared<MaskGen>& masks) : mask_gen(masks) {}
  constexpr ~MultiPrediction() override {}
  template <class K>
  static constexpr void keys(K& key) {
    using Self = MultiPrediction;
    key.required("mask_gen", &Self::mask_gen, "what is hidden: MaskGen");
    key("noise", &Self::hidden_as_noise, "whether what is hidden begins as noise, not as means");
    key("both_directions", &Self::both_directions,
        "whether what was shown is found from what was hidden, too; the mean of both");
    key("supervised", &Self::supervised_cost, "whether labels are data, too");
    key("niter", &Self::niter, "rounds of mean field; default: the model's").at_least(1);
    key("block_grad", &Self::block_grad, "gradients do not see so many rounds, the first ones")
        .at_least(1);
    key("use_sum", &Self::use_sum, "whether costs are summed over units");
    key("robustness", &Self::robustness,
        "factor of the squared distance of the hidden means and of those given all of v")
        .at_least(0);
    key("l1_act_targets", &Self::l1_act_targets,
        "the wanted mean activity of each hidden layer, of one with pools [of pools, of detectors]")
        .from_to(-1, 1);
    key("l1_act_coeffs", &Self::l1_act_coeffs, "factor of the distance from it").at_least(0);
    key("l1_act_eps", &Self::l1_act_eps, "distances that cost nothing; default: 0").at_least(0);
    key("range_rewards", &Self::range_rewards,
        "for each hidden layer the factor of 1 minus the range of a unit's means in a batch")
        .at_least(0);
    key("reweighted_act_targets", &Self::reweighted_act_targets,
        "the wanted mean activity m of each hidden layer, for a penalty that does not vanish where "
        "units h are nearly always on or off: (mean h - m)^2 / (h (1 - h))")
        .from_to(0, 1);
    key("reweighted_act_coeffs", &Self::reweighted_act_coeffs, "factor of that penalty")
        .at_least(0);
    key("toronto_act_targets", &Self::toronto_act_targets,
        "the wanted mean activity of each hidden layer, as of TorontoSparsity")
        .from_to(-1, 1);
    key("toronto_act_coeffs", &Self::toronto_act_coeffs, "factor of that penalty").at_least(0);
    key("monitor_each_step", &Self::monitor_each_step,
        "channels of the cost after each round, and of the largest change of a pixel by it");
    key("monitor_multi_inference", &Self::monitor_multi_inference,
        "channel multi_err: the share of classes that multi-inference gets wrong")
        .only_with("supervised");
  }
  constexpr bool supervised() const override { return supervised_cost; }
  constexpr bool is_stochastic() const override { return true; }

  constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    const DBM* const dbm = dbm_of(model);
    if (!dbm) return {};
    const Inferred seen = infer(*dbm, data);
    AnyExpr total = differentiated(*dbm, seen);
    if (!toronto_act_targets.empty())
      total = total + toronto_act_cost(*dbm, seen.history.back().means);
    return total;
  }
  constexpr GradientList gradients(const Model& model, const Data& data) const override {
    if (toronto_act_targets.empty()) return Cost::gradients(model, data);
    GradientList g;
    const DBM* const dbm = dbm_of(model);
    if (!dbm) return g;
    const Inferred seen = infer(*dbm, data);
    const AnyExpr known = differentiated(*dbm, seen);
    g.value = known + toronto_act_cost(*dbm, seen.history.back().means);
    // Below the first layer is the example itself, as of Pylearn2.
    DBMState held = DBM::held(seen.history.back().means);
    held.v = seen.given.v;
    const AnyExpr linear =
        as_if_linear(*dbm, held, toronto_act_coeffs,
                     [&](int i, const UnitState& of) { return toronto_act_cost(*dbm, i, of); });
    for (const ModelParameter& p : model.parameters())
      g.of.push_back(grad(known, p.value) + grad(linear, p.value));
    return g;
  }
  constexpr void channels(const Model& model, const Data& data, ChannelList& list) const override {
    const DBM* const dbm = dbm_of(model);
    if (!dbm) return;
    const Inferred seen = infer(*dbm, data);
    const int last = seen.history.size() - 1;
    int terms = 0;
    const auto term = [&](const char* name, const AnyExpr& value) {
      list.add("total_inpaint_cost_term_" + to_text(terms++) + "_" + name, value);
    };
    const DBMState& means = seen.history[last].means;
    term("inpaint_cost", inpaint_cost(*dbm, seen, last));
    if (!l1_act_targets.empty()) term("l1_act_cost", l1_act_cost(*dbm, means));
    if (!toronto_act_targets.empty()) term("toronto_act_cost", toronto_act_cost(*dbm, means));
    if (!reweighted_act_targets.empty())
      term("reweighted_act_cost", reweighted_act_cost(*dbm, means));
    for (int i = 0; monitor_each_step && i <= last; ++i) {
      list.add("all_inpaint_costs_after_" + to_text(i), inpaint_cost(*dbm, seen, i));
      if (i > 0)
        list.add("max_pixel_diff[" + to_text(i) + "]",
                 max(abs(seen.history[i].means.v - seen.history[i - 1].means.v)));
    }
    for (int i = 0; i < dbm->depth(); ++i) {
      ChannelList of_state;
      dbm->hidden_layers[i]->state_channels(dbm->below(i), seen.history[last].means.hidden[i],
                                            of_state);
      list.add("final_inpaint_" + dbm->hidden_layers[i]->layer_name + "_", of_state);
    }
    if (!supervised_cost) return;
    const AnyExpr& y = *seen.given.y;
    const auto wrong = [&](const AnyExpr& found) { return argmax(found) != argmax(y); };
    const AnyExpr& hidden = *seen.given.drop_mask_y;
    list.add_ratio("inpaint_err", sum(wrong(seen.history[last].class_input) * hidden, batch),
                   sum(hidden, batch), "share of the hidden labels that are found wrong");
    list.add("err", mean(wrong(dbm->mean_field(seen.given.v).back().hidden.back().up)),
             "share of examples whose inferred class is wrong");
    if (monitor_multi_inference)
      list.add("multi_err", mean(wrong(dbm->multi_infer(seen.given.v))),
               "share of examples whose class multi-inference gets wrong");
  }

 private:
  struct Inferred {
    MaskedExample given, other;
    ir::List<InpaintedState> history, of_other;
  };
  constexpr Inferred infer(const DBM& dbm, const Data& data) const {
    Inferred seen;
    MaskedExample& given = seen.given;
    given.v = inputs_of(dbm, data);
    const MaskGen::Masks masks = mask_gen->draw(given.v);
    given.drop_mask = masks.of_v;
    if (supervised_cost) {
      given.y = format_as(data[dbm.target_source()], dbm.target_space()).value();
      given.drop_mask_y = masks.of_y;
    }
    given.noise = hidden_as_noise;
    given.niter = niter.value_or(0);
    given.block_grad = block_grad.value_or(0);
    seen.history = dbm.do_inpainting(given);
    if (!both_directions) return seen;
    seen.other = given;
    seen.other.drop_mask = 1 - given.drop_mask;
    if (given.y) seen.other.drop_mask_y = 1 - *given.drop_mask_y;
    seen.of_other = dbm.do_inpainting(seen.other);
    return seen;
  }
  // All whose derivatives are what they are.
  constexpr AnyExpr differentiated(const DBM& dbm, const Inferred& seen) const {
    const DBMState& means = seen.history.back().means;
    AnyExpr total = inpaint_cost(dbm, seen, seen.history.size() - 1);
    if (!l1_act_targets.empty()) total = total + l1_act_cost(dbm, means);
    if (!reweighted_act_targets.empty()) total = total + reweighted_act_cost(dbm, means);
    for (int i = 0; i < range_rewards.size(); ++i) {
      const DBMHiddenLayer& layer = *dbm.hidden_layers[i];
      total = total + of_activities(
                          layer, range_rewards[i], "range_reward." + layer.layer_name,
                          [&] { return layer.rewarded(dbm.below(i), means.hidden[i]); },
                          [&](const AnyExpr& h, const String& own, int k) {
                            return setting(own, range_rewards[i].list[k]) * mean(1 - range_of(h));
                          });
    }
    if (robustness) {
      const DBMState known =
          dbm.mean_field(seen.given.v, seen.given.y ? &*seen.given.y : nullptr).back();
      const int count = seen.given.y ? dbm.depth() - 1 : dbm.depth();
      for (int i = 0; i < count; ++i)
        total =
            total + setting("multi_prediction.robustness", *robustness) *
                        sum(sum(square(known.hidden[i].down - means.hidden[i].down), units), batch);
    }
    return total;
  }
  constexpr AnyExpr reweighted_act_cost(const DBM& dbm, const DBMState& s) const {
    AnyExpr total = constant(0);
    for (int i = 0; i < dbm.depth(); ++i) {
      const DBMHiddenLayer& layer = *dbm.hidden_layers[i];
      const ActivityNumbers &targets = reweighted_act_targets[i],
                            &coeffs = reweighted_act_coeffs[i];
      total = total +
              of_activities(
                  layer, coeffs, "reweighted_act." + layer.layer_name,
                  [&] { return layer.rewarded(dbm.below(i), s.hidden[i]); },
                  [&](const AnyExpr& h, const String& own, int k) {
                    const AnyExpr off =
                        mean_activity(h) - setting(own + ".target", targets.list[k]);
                    return setting(own, coeffs.list[k]) * mean(square(off) / (1e-7 + h * (1 - h)));
                  });
    }
    return total;
  }
  // Of each unit in the batch; at the places of an image of each channel.
  static constexpr AnyExpr range_of(const AnyExpr& h) {
    if (h.shape().rank > 2)
      return max(h, batch, axis<0>, axis<1>) - min(h, batch, axis<0>, axis<1>);
    return max(h, batch) - min(h, batch);
  }
  constexpr AnyExpr toronto_act_cost(const DBM& dbm, const DBMState& s) const {
    AnyExpr total = constant(0);
    for (int i = 0; i < dbm.depth(); ++i) total = total + toronto_act_cost(dbm, i, s.hidden[i]);
    return total;
  }
  constexpr AnyExpr toronto_act_cost(const DBM& dbm, int i, const UnitState& s) const {
    return l2_act_cost(dbm, i, s, "toronto_act." + dbm.hidden_layers[i]->layer_name,
                       toronto_act_targets[i], toronto_act_coeffs[i]);
  }
  // After round i, of what was hidden.
  constexpr AnyExpr inpaint_cost(const DBM& dbm, const Inferred& seen, int i) const {
    const AnyExpr cost = inpaint_cost(dbm, seen.given, seen.history[i]);
    if (!both_directions) return cost;
    return .5 * cost + .5 * inpaint_cost(dbm, seen.other, seen.of_other[i]);
  }
  constexpr AnyExpr inpaint_cost(const DBM& dbm, const MaskedExample& given,
                                 const InpaintedState& found) const {
    const AnyExpr each = given.drop_mask * dbm.visible_layer->recons_cost(given.v, found.message);
    AnyExpr total;
    if (use_sum)
      total = mean(sum(each, units));
    else
      total = mean(each);
    if (!given.y) return total;
    const AnyExpr label =
        mean(*given.drop_mask_y * -sum(*given.y * log_softmax(found.class_input), units));
    if (use_sum) return total + label;
    return total + label / dbm.input_space().total_dimension();
  }
  constexpr AnyExpr l1_act_cost(const DBM& dbm, const DBMState& s) const {
    AnyExpr total = constant(0);
    for (int i = 0; i < dbm.depth(); ++i) {
      ActivityNumbers eps;
      for (int k = 0; l1_act_eps.empty() && k < l1_act_coeffs[i].list.size(); ++k)
        eps.list.push_back(0);
      if (!l1_act_eps.empty()) eps = l1_act_eps[i];
      total = total + ansatz::l1_act_cost(dbm, i, s.hidden[i],
                                          "l1_act." + dbm.hidden_layers[i]->layer_name,
                                          l1_act_targets[i], l1_act_coeffs[i], eps);
    }
    return total;
  }
  constexpr const DBM* dbm_of(const Model& model) const {
    const DBM* const dbm = model_as<DBM>(model);
    if (!dbm) {
      graph_error("MultiPrediction needs a DBM for its model");
      return nullptr;
    }
    if (supervised_cost && !dbm->has_classes()) {
      graph_error("MultiPrediction with labels needs a DBM whose last layer is a Softmax");
      return nullptr;
    }
    const auto fit = [&](const char* name, const ir::List<ActivityNumbers>& wanted,
                         const ir::List<ActivityNumbers>& coefficients) {
      if (wanted.empty() && coefficients.empty()) return true;
      return fit_layers(*dbm, "MultiPrediction", name, wanted, coefficients);
    };
    const bool good =
        fit("l1_act_targets", l1_act_targets, l1_act_coeffs) &&
        (l1_act_eps.empty() || fit("l1_act_eps", l1_act_eps, l1_act_coeffs)) &&
        fit("reweighted_act_targets", reweighted_act_targets, reweighted_act_coeffs) &&
        fit("toronto_act_targets", toronto_act_targets, toronto_act_coeffs) &&
        fit("range_rewards", range_rewards, range_rewards);
    return good ? dbm : nullptr;
  }
};

}  // namespace ansatz
