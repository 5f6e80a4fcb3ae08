// NormalizedEBM: log p(v) = -F(v) - log Z, where log Z is a parameter
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/model/energy/energy_model.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A model with a free energy, and the logarithm of its partition function as a parameter beside
/// its own: logZ_driver * logZ_lr_scale. NCE learns it (Gutmann and Hyvärinen 2010); to other costs
/// this is the model inside. Channels: those of the model inside, and log_Z.
class NormalizedEBM : public EnergyModel {
 public:
  static constexpr const char* yaml = "pylearn2.models.normalized_ebm.NormalizedEBM";
  static constexpr const char* doc = "a model with a free energy, and its log Z as a parameter";
  Shared<EnergyModel> ebm;
  double init_logZ = 0, logZ_lr_scale = 1;
  bool learn_logZ = true;

  constexpr NormalizedEBM() {}
  constexpr ~NormalizedEBM() override {}
  template <KeyOf<NormalizedEBM>... O>
  constexpr explicit NormalizedEBM(const Shared<EnergyModel>& inside, const O&... options)
      : ebm(inside) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using Self = NormalizedEBM;
    key.required("ebm", &Self::ebm, "the model, such as a GaussianBinaryRBM");
    key.required("init_logZ", &Self::init_logZ, "first value of log Z");
    key.required("learn_logZ", &Self::learn_logZ, "whether log Z is learned");
    key("logZ_lr_scale", &Self::logZ_lr_scale, "log Z is this times the parameter logZ_driver")
        .above(0);
  }

  constexpr AnyExpr log_Z() const {
    return parameter_leaf("logZ_driver", ir::make_shape()) * logZ_lr_scale;
  }
  constexpr AnyExpr free_energy(const AnyExpr& v) const override { return ebm->free_energy(v); }
  constexpr AnyExpr score(const AnyExpr& v) const override { return ebm->score(v); }
  constexpr AnyExpr score_slope(const AnyExpr& v, const AnyExpr& at) const override {
    return ebm->score_slope(v, at);
  }
  constexpr AnyExpr gibbs_step(const AnyExpr& v) const override { return ebm->gibbs_step(v); }
  constexpr AnyExpr log_prob(const AnyExpr& v) const override { return -free_energy(v) - log_Z(); }

  constexpr SpaceInfo input_space() const override { return ebm->input_space(); }
  constexpr Sources input_source() const override { return ebm->input_source(); }
  constexpr Signal output(const Signal& v) const override { return ebm->output(v); }
  constexpr void named_outputs(const Signal& v, ir::List<Data::Entry>& list) const override {
    ebm->named_outputs(v, list);
  }
  constexpr void functions(const Data& data, FunctionList& list) const override {
    ebm->functions(data, list);
  }
  using Model::parameters;
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    ebm->parameters(list);
    ModelParameter own{"logZ_driver", parameter_leaf("logZ_driver", ir::make_shape())};
    own.frozen = !learn_logZ;
    list.push_back(own);
  }
  void initialize(InitialValues& values) const override {
    ebm->initialize(values);
    values.fill("logZ_driver", init_logZ / logZ_lr_scale);
  }
  constexpr void states(StateList& list) const override { ebm->states(list); }
  constexpr void state_updates(const Data& data, UpdateList& updates) const override {
    ebm->state_updates(data, updates);
  }
  constexpr void modify_updates(UpdateList& updates) const override {
    ebm->modify_updates(updates);
  }
  constexpr void weights(ir::List<ModelWeights>& list) const override { ebm->weights(list); }
  constexpr void channels(const Data& data, ChannelList& list) const override {
    ebm->channels(data, list);
    list.add("log_Z", log_Z(), "the logarithm of the partition function, as it is learned");
  }
  constexpr int batch_size() const override { return ebm->batch_size(); }
};

}  // namespace ansatz
