// JSON of commands whose answer is one object.
#pragma once

#include "command.hpp"

#include <nlohmann/json.hpp>

namespace ansatz::app {

/// Keys stay in the order in which they were set.
using OrderedJson = nlohmann::ordered_json;

/// A number, or what JSON does not have as text that NumPy's and Python's float read: "nan",
/// "inf", "-inf".
OrderedJson json_of(double value);

/// Prints it in one line. Bytes that are no UTF-8 become U+FFFD.
void put_json(const OrderedJson& json);

/// Adds `--json`, with what it prints. main looks for it by itself, so that errors of the command
/// line are events, too.
CLI::Option* add_json(CLI::App& command, bool& json, const std::string& what = "one JSON object");

}  // namespace ansatz::app
