#include <ansatz/model/layers/pretrained_layer.hpp>
#include <ansatz/serial/model_file.hpp>

#include <ansatz/model/values_from_file.hpp>

#include <fmt/format.h>

#include <map>
#include <string>

namespace ansatz {

namespace {

// Passes values on under the names that the model's parameters have in the layer.
class Renamed final : public InitialValues {
 public:
  Renamed(InitialValues& to, const ir::List<ModelParameter>& from_list,
          const ir::List<ModelParameter>& to_list, const StateList& from_states,
          const StateList& to_states)
      : to_(to) {
    for (int i = 0; i < from_list.size(); ++i)
      names_.emplace(from_list[i].name.view(), to_list[i].name.view());
    for (int i = 0; i < from_states.size(); ++i)
      states_.emplace(from_states[i].name.view(), to_states[i].name.view());
  }
  void set(std::string_view parameter, const double* values, std::int64_t count) override {
    to_.set(name(parameter), values, count);
  }
  void fill(std::string_view parameter, double value) override { to_.fill(name(parameter), value); }
  void set_state(const NamedTensor& values) override {
    const auto found = states_.find(values.name);
    if (found == states_.end()) return;
    NamedTensor renamed = values;
    renamed.name = found->second;
    to_.set_state(renamed);
  }
  const ModelFile* learned(const Model& model) const override { return to_.learned(model); }
  const Dataset* training_data() const override { return to_.training_data(); }

 private:
  const std::string& name(std::string_view parameter) const {
    return names_.find(parameter)->second;
  }

  InitialValues& to_;
  std::map<std::string, std::string, std::less<>> names_, states_;
};

}  // namespace

void PretrainedLayer::initialize(const Place& at, InitialValues& values, RandomState&) const {
  // In one order, and those that stand in several places as often.
  ir::List<ModelParameter> alone, here;
  StateList state_alone, state_here;
  if (const Layered* const layered = layer_content->as_layered()) {
    layered->parameters(layered->root(), alone);
    layered->parameters(inside(at), here);
    layered->states(layered->root(), state_alone);
    layered->states(inside(at), state_here);
  } else {
    layer_content->parameters(alone);
    here = alone;
    layer_content->states(state_alone);
    state_here = state_alone;
  }
  Renamed inner(values, alone, here, state_alone, state_here);
  const std::string path(init_from.view());
  if (!path.empty())
    set_from_file(read_model_file(path), fmt::format("layer {}: {}", layer_name.view(), path),
                  *layer_content, inner);
  else if (const ModelFile* const learned = values.learned(*layer_content))
    set_from_file(*learned, fmt::format("layer {}: the model inside", layer_name.view()),
                  *layer_content, inner);
  else
    layer_content->initialize(inner);
}

}  // namespace ansatz
