// LoadedModel: a model from a file, with its values and its records.
#pragma once

#include <ansatz/job/model_as.hpp>
#include <ansatz/serial/model_file.hpp>

#include <memory>

namespace ansatz {

/// What `!pkl:` of a model file gives: the model in all respects, but its first values are those
/// of the file, and the records of its monitors go on.
class LoadedModel : public Model, public ModelAround {
 public:
  LoadedModel(Shared<Model> model, std::shared_ptr<const ModelFile> file);

  const Shared<Model>& model() const { return model_; }
  const ModelFile& file() const { return *file_; }
  /// Those of the file, as push_monitor left them.
  const std::vector<MonitorRecords>& monitors() const { return monitors_; }
  std::vector<MonitorRecords>& monitors() { return monitors_; }
  const Model& inside() const override { return *model_; }
  const Object* described_as() const { return model_.get(); }
  void describe(Describer& to) const override { model_->describe(to); }

  SpaceInfo input_space() const override { return model_->input_space(); }
  Sources input_source() const override { return model_->input_source(); }
  SpaceInfo target_space() const override { return model_->target_space(); }
  Sources target_source() const override { return model_->target_source(); }
  void parameters(ir::List<ModelParameter>& list) const override { model_->parameters(list); }
  using Model::parameters;
  void weights(ir::List<ModelWeights>& list) const override { model_->weights(list); }
  void states(StateList& list) const override { model_->states(list); }
  void state_updates(const Data& data, UpdateList& updates) const override {
    model_->state_updates(data, updates);
  }
  void initialize(InitialValues& values) const override;
  Signal output(const Signal& input) const override { return model_->output(input); }
  void named_outputs(const Signal& input, ir::List<Data::Entry>& list) const override {
    model_->named_outputs(input, list);
  }
  void functions(const Data& data, FunctionList& list) const override {
    model_->functions(data, list);
  }
  Shared<Cost> default_cost() const override;
  bool method(std::string_view name, const Data& data, AnyExpr& value) const override {
    return model_->method(name, data, value);
  }
  ir::List<String> method_names() const override { return model_->method_names(); }
  void modify_updates(UpdateList& updates) const override { model_->modify_updates(updates); }
  void channels(const Data& data, ChannelList& list) const override {
    model_->channels(data, list);
  }
  int batch_size() const override { return model_->batch_size(); }
  const Layered* as_layered() const override { return model_->as_layered(); }
  bool trains_itself() const override { return model_->trains_itself(); }
  Signal upward_pass(const Signal& input) const override { return model_->upward_pass(input); }
  SpaceInfo output_space(const SpaceInfo& input) const override {
    return model_->output_space(input);
  }
  /// It has learned.
  bool learns() const override { return false; }
  std::unique_ptr<ModelRun> start(Session& session) const override;

 private:
  Shared<Model> model_;
  std::shared_ptr<const ModelFile> file_;
  std::vector<MonitorRecords> monitors_;
};

}  // namespace ansatz
