// ModelOutput: an inner layer of a model as a block.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/model.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// What one layer of a model makes, such as the code of an MLP that was trained before: the layer's
/// path as `ansatz predict --output` takes it. The model itself is a block, too: its last output.
///
///     !obj:ModelOutput { model: !pkl: "mlp.pkl", output: h0 }
class ModelOutput : public Block {
 public:
  static constexpr const char* yaml = "ansatz.blocks.ModelOutput";
  static constexpr const char* doc = "what one layer of a model makes";
  Shared<Model> model;
  String output;

  constexpr ModelOutput() {}
  template <class M>
    requires std::is_base_of_v<Model, M>
  constexpr ModelOutput(const M& of, const char* layer) : model(of), output(layer) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("model", &ModelOutput::model, "the model, such as !pkl: gives");
    key.required("output", &ModelOutput::output, "path of the layer");
  }
  constexpr SpaceInfo input_space() const override { return model->input_space(); }
  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    return found(input_of("features", input)).space;
  }
  constexpr bool learns() const override { return model->learns(); }
  std::shared_ptr<PreprocessorRun> start_block() const override;

  /// The output for a batch. Error for a path that the model does not have.
  constexpr Signal found(const Signal& input) const {
    ir::List<Data::Entry> list;
    model->named_outputs(input, list);
    for (const Data::Entry& each : list)
      if (each.source == output) return each.signal;
    String text = "the model has no output \"" + output + "\"; it has:";
    for (const Data::Entry& each : list)
      if (!each.source.empty()) text += " " + each.source;
    graph_error(text.c_str());
    return {};
  }
};

}  // namespace ansatz
