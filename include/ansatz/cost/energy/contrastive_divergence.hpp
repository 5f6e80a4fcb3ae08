// CDk, SML: mean F(data) - mean F(samples)
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/cost/surrogate_cost.hpp>
#include <ansatz/model/energy/energy_model.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/reduce/mean.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Contrastive divergence (Hinton 2002): the samples are where `nsteps` Gibbs steps lead from the
/// data. It has gradients, but no value.
class CDk : public SurrogateCost {
 public:
  static constexpr const char* yaml = "pylearn2.costs.ebm_estimation.CDk";
  static constexpr const char* doc = "contrastive divergence: samples begin at the data";
  int nsteps = 1;
  Seed seed;

  constexpr CDk() {}
  constexpr ~CDk() override {}
  constexpr explicit CDk(int steps) : nsteps(steps) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("nsteps", &CDk::nsteps, "Gibbs steps from the data to the samples").at_least(1);
    key("seed", &CDk::seed, "accepted and ignored: draws depend on the seed of the job");
  }
  constexpr bool is_stochastic() const override { return true; }
  constexpr AnyExpr surrogate(const Model& given, const Data& data, UpdateList&) const override {
    const AnyExpr v = inputs_of(given, data);
    const EnergyModel* const model = energy_model("CDk", given);
    if (!model) return v;
    const AnyExpr sample = after_gibbs_steps(*model, v, nsteps, "CDk.nsteps");
    return mean(model->free_energy(v)) - mean(model->free_energy(sample));
  }
};

/// Stochastic maximum likelihood (Younes 1998), or persistent contrastive divergence (Tieleman
/// 2008): the samples are chains that go on from batch to batch by `nsteps` Gibbs steps. It has
/// gradients, but no value. The chains are the state "chains", [batch_size, visible], and begin at
/// one half.
class SML : public SurrogateCost {
 public:
  static constexpr const char* yaml = "pylearn2.costs.ebm_estimation.SML";
  static constexpr const char* doc = "persistent contrastive divergence: samples of chains";
  int num_chains = 0, nsteps = 1;

  constexpr SML() {}
  constexpr ~SML() override {}
  constexpr SML(int chains, int steps) : num_chains(chains), nsteps(steps) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("batch_size", &SML::num_chains, "how many chains").at_least(1);
    key.required("nsteps", &SML::nsteps, "Gibbs steps of the chains between two updates")
        .at_least(1);
  }
  constexpr bool is_stochastic() const override { return true; }
  constexpr void states(const Model& model, StateList& list) const override {
    list.add_chains("chains", model.input_space(), num_chains, AnyExpr(ir::Value(.5)),
                    "visible units of the chains");
  }
  constexpr AnyExpr surrogate(const Model& given, const Data& data,
                              UpdateList& updates) const override {
    const AnyExpr v = inputs_of(given, data);
    const EnergyModel* const model = energy_model("SML", given);
    if (!model) return v;
    const AnyExpr before = chains_leaf("chains", given.input_space());
    const AnyExpr sample = after_gibbs_steps(*model, before, nsteps, "SML.nsteps");
    updates.add("chains", before, sample);
    return mean(model->free_energy(v)) - mean(model->free_energy(sample));
  }
};

}  // namespace ansatz
