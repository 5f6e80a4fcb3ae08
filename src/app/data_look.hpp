// ansatz data look
#pragma once

#include "command.hpp"

namespace ansatz::app {

/// Adds the command to `ansatz data`.
void add_data_look(CLI::App& data, int& exit);

}  // namespace ansatz::app
