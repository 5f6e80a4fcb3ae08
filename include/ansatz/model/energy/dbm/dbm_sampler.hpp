// DBMSampler: a block that draws the hidden units of a DBM
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/model_as.hpp>
#include <ansatz/model/energy/dbm/dbm.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// What a DBM of one hidden layer, such as one that was trained, draws of its hidden units given an
/// example: as the transformer of a TransformerDataset what the next machine of a stack is trained
/// on.
///
///     !obj:DBMSampler { dbm: !pkl: rbm.pkl }
class DBMSampler : public Model {
 public:
  static constexpr const char* yaml = "pylearn2.models.dbm.DBMSampler";
  static constexpr const char* also[] = {"pylearn2.models.dbm.dbm.DBMSampler"};
  static constexpr const char* doc = "a block that draws the hidden units of a DBM";
  Shared<Model> dbm;

  constexpr DBMSampler() {}
  constexpr ~DBMSampler() override {}
  template <class M>
    requires std::is_base_of_v<Model, M>
  constexpr explicit DBMSampler(const M& of) : dbm(of) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("dbm", &DBMSampler::dbm, "a DBM of one hidden layer");
  }
  /// KeyFaults: another model, or another number of layers.
  void check() const;

  constexpr SpaceInfo input_space() const override { return dbm->input_space(); }
  constexpr Sources input_source() const override { return dbm->input_source(); }
  constexpr Signal output(const Signal& v) const override {
    const DBM* const machine = model_as<DBM>(*dbm);
    if (!machine || machine->depth() != 1) {
      graph_error("DBMSampler needs a DBM of one hidden layer");
      return v;
    }
    DBMState begin = machine->alone(format_as(v, input_space()).value());
    begin.v = format_as(v, input_space()).value();
    const DBMState drawn = machine->gibbs_step(begin, true);
    return Signal(machine->output_space_of(0),
                  machine->hidden_layers[0]->upward(machine->below(0), drawn.hidden[0]));
  }
  using Model::parameters;
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    dbm->parameters(list);
  }
  constexpr void states(StateList& list) const override { dbm->states(list); }
  void initialize(InitialValues& values) const override;
  constexpr void weights(ir::List<ModelWeights>& list) const override { dbm->weights(list); }
};

}  // namespace ansatz
