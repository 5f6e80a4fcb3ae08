// Older formats of the model file.
#pragma once

#include <span>
#include <string>

#include <ansatz/files/tensor_file.hpp>

namespace ansatz {

/// Changes what a file of one format holds into what the next format holds; `ansatz.format` is
/// seen to by `upgrade`.
using Upgrade = void (*)(TensorFile& file);

/// Brings a model file to format `steps.size() + 1`: steps[i] turns format i + 1 into i + 2.
/// FileError when the format is missing (not a model file), no number, or newer.
void upgrade(TensorFile& file, std::span<const Upgrade> steps, const std::string& path);

}  // namespace ansatz
