// The names of a model's parameters in files.
#pragma once

#include <ansatz/job/model.hpp>

#include <map>
#include <string>
#include <vector>

namespace ansatz {

/// Of the parameters of a model whose names do not say where they stand: what they would be called
/// if they did, such as "y_softmax_W" of "softmax_W".
std::map<std::string, std::string> paths_of_parameters(const Model& model);

/// The layer that each parameter belongs to: of a model's own, not of those inside these. Empty for
/// models without layers.
std::map<std::string, std::string> layers_of_parameters(const Model& model);

/// Throws NameError, with the name, where two parameters have one.
void require_names_once(const std::vector<ModelParameter>& parameters);

}  // namespace ansatz
