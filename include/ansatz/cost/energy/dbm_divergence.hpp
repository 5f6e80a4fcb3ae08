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
/// no value. Channels, with `supervised`: misclass, of the classes that are inferred from v alone.
class BaseCD : public SurrogateCost {
 public:
  int num_chains = 0, num_gibbs_steps = 1;
  bool supervised_cost = false;
  Seed theano_rng;

  template <class K>
  static constexpr void keys(K& key) {
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
    return mean(dbm->energy(of_data)) - mean(dbm->energy(samples));
  }
  constexpr void channels(const Model& model, const Data& data, ChannelList& list) const override {
    const DBM* const dbm = supervised_cost ? dbm_of(model) : nullptr;
    if (!dbm) return;
    const AnyExpr y = dbm->mean_field(inputs_of(model, data)).back().hidden.back().up;
    list.add("misclass", mean(argmax(y) != argmax(*labels(*dbm, data))),
             "share of examples whose inferred class is wrong");
  }

 protected:
  /// Data with their hidden units, held.
  constexpr virtual DBMState positive(const DBM& dbm, const Data& data) const = 0;
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
    return format_as(data[dbm.target_source()], dbm.target_space()).value();
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
      add(i, layer.state_space(), layer.sample_alone(now.hidden[i].down).down);
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
      s.hidden.push_back(layer.state_of(chains_leaf(chains_name(dbm, i), layer.state_space())));
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

/// The same with hidden units of the data that are drawn: by num_gibbs_steps of sampling, v (and
/// labels) held.
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
