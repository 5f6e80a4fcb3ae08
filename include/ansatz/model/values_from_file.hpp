// First values of a model's parameters from a model file.
#pragma once

#include <ansatz/job/model.hpp>
#include <ansatz/serial/model_file.hpp>

#include <string>

namespace ansatz {

/// Sets every parameter of the model to the file's of the same name, and the state that the model
/// declares, where the file has it. FileError, which begins with
/// `source`, when the file lacks one, or has it in another shape or of no real numbers.
void set_from_file(const ModelFile& file, const std::string& source, const Model& model,
                   InitialValues& values);

}  // namespace ansatz
