// What commands have for their answers in JSON.
#pragma once

#include "../base/json_lines.hpp"
#include "command.hpp"

namespace ansatz::app {

/// Adds `--json`, with what it prints. main looks for it by itself, so that errors of the command
/// line are events, too.
CLI::Option* add_json(CLI::App& command, bool& json, const std::string& what = "one JSON object");

}  // namespace ansatz::app
