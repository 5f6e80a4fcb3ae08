// PCD, VariationalPCD, VariationalCD: what deep Boltzmann machines are trained by
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/cost/surrogate_cost.hpp>
#include <ansatz/job/model_as.hpp>
#include <ansatz/model/energy/dbm/dbm.hpp>
#include <dsl/ops/arithmetic/not_equal.hpp>
#include <dsl/ops/reduce/argmax.hpp>
#include <dsl/ops/reduce/mean.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The base of costs that are the mean energy of the data, hidden units being inferred, minus that
/// of samples of the model: a gradient of the log-likelihood, or of a lower bound of it, that has
/// no value. Channels, with `supervised`: misclass, of the classes that are inferred from v alone;
/// of several layers recons_misclass, of those that the layer below makes of itself where labels
/// are known.
class BaseCD : public SurrogateCost {
 public:
  int num_chains = 0, num_gibbs_steps = 1;
  bool supervised_cost = false, toronto_neg = false;
  Seed theano_rng;

  /// Keys of those whose samples may be averaged as Salakhutdinov's program does.
  template <class K>
  static constexpr void keys(K& key) {
    sampling_keys(key);
    key("toronto_neg", &BaseCD::toronto_neg,
        "whether of samples only v, the second layer and the labels are drawn: a DBM of two layers "
        "and a Softmax");
  }
  template <class K>
  static constexpr void sampling_keys(K& key) {
    key.required("num_chains", &BaseCD::num_chains, "how many samples of the model").at_least(1);
    key.required("num_gibbs_steps", &BaseCD::num_gibbs_steps,
                 "Gibbs steps of the samples between two updates")
        .at_least(1);
    key("supervised", &BaseCD::supervised_cost, "whether labels are data, too");
    key("theano_rng", &BaseCD::theano_rng,
        "accepted and ignored: draws depend on the seed of the job");
  }
  constexpr bool supervised() const override { return supervised_cost; }
  constexpr bool is_stochastic() const override { return true; }
  constexpr AnyExpr surrogate(const Model& model, const Data& data,
                              UpdateList& updates) const override {
    const DBM* const dbm = dbm_of(model);
    if (!dbm) return inputs_of(model, data);
    const DBMState of_data = positive(*dbm, data), samples = negative(*dbm, of_data, updates);
    return mean(dbm->energy(of_data)) - energy_of(*dbm, samples);
  }
  constexpr void channels(const Model& model, const Data& data, ChannelList& list) const override {
    const DBM* const dbm = supervised_cost ? dbm_of(model) : nullptr;
    if (!dbm) return;
    const AnyExpr v = inputs_of(model, data), known = *labels(*dbm, data);
    const AnyExpr y = dbm->mean_field(v).back().hidden.back().up;
    list.add("misclass", mean(argmax(y) != argmax(known)),
             "share of examples whose inferred class is wrong");
    if (dbm->depth() < 2) return;
    const AnyExpr again = dbm->mf_update(dbm->mean_field(v, &known).back(), dbm->depth() - 1).up;
    list.add("recons_misclass", mean(argmax(again) != argmax(known)),
             "share of examples whose class the layer inferred of it does not make again");
  }

 protected:
  /// Data with their hidden units, held.
  constexpr virtual DBMState positive(const DBM& dbm, const Data& data) const = 0;
  /// The mean energy of samples; a base of it may know more than the samples themselves.
  constexpr virtual AnyExpr energy_of(const DBM& dbm, const DBMState& samples) const {
    if (!toronto_neg) return mean(dbm.energy(samples));
    if (dbm.depth() != 3 || !dbm.has_classes()) {
      graph_error("toronto_neg needs a DBM of two hidden layers and a Softmax");
      return mean(dbm.energy(samples));
    }
    // H1 of v and H2; H2 of these means and of what H2 made of the labels (R. Salakhutdinov's
    // dbm_mf.m).
    DBMState averaged = samples, of_labels = samples;
    averaged.hidden[0] = dbm.mf_update(samples, 0);
    of_labels.hidden[0] = averaged.hidden[0];
    of_labels.hidden[2] = dbm.mf_update(samples, 2);
    averaged.hidden[1] = dbm.mf_update(of_labels, 1);
    return mean(dbm.energy(DBM::held(averaged)));
  }
  /// Samples of the model, held.
  constexpr virtual DBMState negative(const DBM& dbm, const DBMState& of_data,
                                      UpdateList& updates) const = 0;

  constexpr DBMState by_mean_field(const DBM& dbm, const Data& data) const {
    const std::optional<AnyExpr> y = labels(dbm, data);
    return DBM::held(dbm.mean_field(inputs_of(dbm, data), y ? &*y : nullptr).back());
  }
  /// Labels as the top layer has them; none of a cost without labels.
  constexpr std::optional<AnyExpr> labels(const DBM& dbm, const Data& data) const {
    if (!supervised_cost) return {};
    return dbm.labels(data);
  }
  static constexpr const DBM* dbm_of(const Model& model) {
    const DBM* const known = model_as<DBM>(model);
    if (!known) graph_error("this cost needs a DBM for its model");
    return known;
  }
};

/// What costs share whose samples are chains that go on from batch to batch: the state
/// "chains.visible", and "chains." with each layer's name. They begin as units that see nothing.
class PersistentCD : public BaseCD {
 public:
  constexpr void states(const Model& model, StateList& list) const override {
    const DBM* const dbm = dbm_of(model);
    if (!dbm) return;
    const auto add = [&](int i, const SpaceInfo& space, const AnyExpr& first) {
      list.add_chains(chains_name(*dbm, i), space, num_chains, first, "samples of the model");
    };
    const DBMState now = chains_of(*dbm);
    add(-1, dbm->input_space(), dbm->visible_layer->sample_alone(now.v));
    for (int i = 0; i < dbm->depth(); ++i) {
      const DBMHiddenLayer& layer = *dbm->hidden_layers[i];
      add(i, dbm->state_space(i), layer.sample_alone(dbm->below(i), now.hidden[i].down).down);
    }
  }

 protected:
  constexpr PersistentCD() {}
  constexpr PersistentCD(int chains, int steps) {
    num_chains = chains;
    num_gibbs_steps = steps;
  }
  constexpr DBMState negative(const DBM& dbm, const DBMState&, UpdateList& updates) const override {
    const DBMState before = chains_of(dbm);
    const DBMState after =
        DBM::held(dbm.after_gibbs_steps(before, num_gibbs_steps, "num_gibbs_steps"));
    updates.add(chains_name(dbm, -1), before.v, after.v);
    for (int i = 0; i < dbm.depth(); ++i)
      updates.add(chains_name(dbm, i), before.hidden[i].down, after.hidden[i].down);
    return after;
  }

 private:
  static constexpr String chains_name(const DBM& dbm, int layer) {
    if (layer < 0) return "chains.visible";
    return "chains." + dbm.hidden_layers[layer]->layer_name;
  }
  static constexpr DBMState chains_of(const DBM& dbm) {
    DBMState s{chains_leaf(chains_name(dbm, -1), dbm.input_space()), {}};
    for (int i = 0; i < dbm.depth(); ++i) {
      const DBMHiddenLayer& layer = *dbm.hidden_layers[i];
      s.hidden.push_back(
          layer.state_of(dbm.below(i), chains_leaf(chains_name(dbm, i), dbm.state_space(i))));
    }
    return s;
  }
};

/// Persistent contrastive divergence by mean field (Salakhutdinov and Hinton 2009): the hidden
/// units of the data are their means, found by mean field, which makes a lower bound of the
/// likelihood; the samples are chains that go on from batch to batch, the state "chains.visible"
/// and "chains." with each layer's name. Of one hidden layer the bound is exact.
class VariationalPCD : public PersistentCD {
 public:
  static constexpr const char* yaml = "pylearn2.costs.dbm.VariationalPCD";
  static constexpr const char* doc = "persistent contrastive divergence of a DBM, by mean field";

  constexpr VariationalPCD() {}
  constexpr ~VariationalPCD() override {}
  constexpr VariationalPCD(int chains, int steps) : PersistentCD(chains, steps) {}

 protected:
  constexpr DBMState positive(const DBM& dbm, const Data& data) const override {
    return by_mean_field(dbm, data);
  }
};

/// VariationalPCD with less noise: the energy of samples is the mean of two, in one of which the
/// even hidden layers are their means given the rest, in the other v and the odd layers.
class VariationalPCD_VarianceReduction : public PersistentCD {
 public:
  static constexpr const char* yaml = "pylearn2.costs.dbm.VariationalPCD_VarianceReduction";
  static constexpr const char* doc = "VariationalPCD whose samples are half means";

  constexpr VariationalPCD_VarianceReduction() {}
  constexpr ~VariationalPCD_VarianceReduction() override {}
  constexpr VariationalPCD_VarianceReduction(int chains, int steps) : PersistentCD(chains, steps) {}
  template <class K>
  static constexpr void keys(K& key) {
    sampling_keys(key);
  }

 protected:
  constexpr DBMState positive(const DBM& dbm, const Data& data) const override {
    return by_mean_field(dbm, data);
  }
  constexpr AnyExpr energy_of(const DBM& dbm, const DBMState& samples) const override {
    if (!dbm.visible_layer->has_linear_energy())
      graph_error("VariationalPCD_VarianceReduction needs visible units whose energy is linear");
    DBMState even = samples, odd = samples;
    odd.v = dbm.mean_of_v(samples);
    for (int i = 0; i < dbm.depth(); ++i)
      (i % 2 == 0 ? even : odd).hidden[i] = dbm.mf_update(samples, i);
    return .5 * mean(dbm.energy(DBM::held(even))) + .5 * mean(dbm.energy(DBM::held(odd)));
  }
};

/// VariationalPCD with hidden units of the data that are drawn: by num_gibbs_steps of sampling, v
/// (and labels) held.
class PCD : public PersistentCD {
 public:
  static constexpr const char* yaml = "pylearn2.costs.dbm.PCD";
  static constexpr const char* doc = "persistent contrastive divergence of a DBM, by sampling";

  constexpr PCD() {}
  constexpr ~PCD() override {}
  constexpr PCD(int chains, int steps) : PersistentCD(chains, steps) {}

 protected:
  constexpr DBMState positive(const DBM& dbm, const Data& data) const override {
    const AnyExpr v = inputs_of(dbm, data);
    const std::optional<AnyExpr> y = labels(dbm, data);
    DBMState begin = dbm.alone(v);
    begin.v = v;
    if (y) begin.hidden.back() = {*y, *y};
    return DBM::held(
        dbm.after_gibbs_steps(begin, num_gibbs_steps, "num_gibbs_steps", true, y.has_value()));
  }
};

/// Contrastive divergence by mean field: the samples begin at the data, hidden units drawn given
/// them, and are num_gibbs_steps away; as many as the batch has examples, whatever num_chains says.
class VariationalCD : public BaseCD {
 public:
  static constexpr const char* yaml = "pylearn2.costs.dbm.VariationalCD";
  static constexpr const char* doc = "contrastive divergence of a DBM, by mean field";

  constexpr VariationalCD() {}
  constexpr ~VariationalCD() override {}
  constexpr VariationalCD(int chains, int steps) {
    num_chains = chains;
    num_gibbs_steps = steps;
  }

 protected:
  constexpr DBMState positive(const DBM& dbm, const Data& data) const override {
    return by_mean_field(dbm, data);
  }
  constexpr DBMState negative(const DBM& dbm, const DBMState& of_data, UpdateList&) const override {
    DBMState begin = dbm.alone(of_data.v);
    begin.v = of_data.v;
    if (supervised_cost) begin.hidden.back() = of_data.hidden.back();
    begin = dbm.gibbs_step(begin, true, supervised_cost);
    return DBM::held(dbm.after_gibbs_steps(begin, num_gibbs_steps, "num_gibbs_steps"));
  }
};

}  // namespace ansatz
