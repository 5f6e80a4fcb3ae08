#include <ansatz/model/layers/pretrained_layer.hpp>
#include <ansatz/serial/model_file.hpp>

#include <ansatz/model/values_from_file.hpp>

#include "../renamed_values.hpp"

#include <fmt/format.h>

#include <string>

namespace ansatz {

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
    layer_content->states(state_alone);
    const ModelInside renamed = model_at(at);
    renamed.parameters(here);
    renamed.states(state_here);
  }
  RenamedValues inner(values, alone, here, state_alone, state_here);
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
