// A single value as a line of YAML.
#pragma once

#include <ansatz/base/describe.hpp>

namespace ansatz {

/// "0.5", "'sequential'", "[1, 2]", "null".
std::string value_text(Describer::Writer write, const void* value);

}  // namespace ansatz
