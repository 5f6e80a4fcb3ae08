// What runs tell about themselves in their files, for who compares many of them.
#pragma once

#include <ansatz/serial/model_file.hpp>

#include <string>
#include <string_view>

namespace ansatz {

/// A model file without the values of its parameters and state, which are not read: of large models
/// that takes a hundredth of the time. Errors as of read_model_file, about what is read.
ModelFile read_run_records(const std::string& path);

/// Whether a channel tells a run at a glance: objectives and errors.
bool is_main_channel(std::string_view name);

}  // namespace ansatz
