#include <ansatz/model/model_inside.hpp>

#include <ansatz/model/values_from_file.hpp>

#include "renamed_values.hpp"

#include <fmt/format.h>

namespace ansatz {

void ModelInside::initialize(InitialValues& values) const {
  ir::List<ModelParameter> named;
  StateList state_named;
  parameters(named);
  states(state_named);
  RenamedValues inner(values, parameters_, named, states_, state_named);
  if (const ModelFile* const learned = values.learned(model_))
    set_from_file(*learned, fmt::format("the model inside, {}", prefix_.view()), model_, inner);
  else
    model_.initialize(inner);
}

}  // namespace ansatz
