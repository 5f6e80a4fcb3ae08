// JSON of model files: values that keep their kind and their bits, and careful reading.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include <ansatz/serial/saved_state.hpp>

namespace ansatz::serial {

using Json = nlohmann::json;

/// What is wrong with JSON that was read; the reader of the file adds where.
struct JsonFault {
  std::string what;
};

/// Parses; nothing in a model file is nested deeply. JsonFault.
Json parse_json(std::string_view text);
/// One line. ValueError for text that is not UTF-8; `what` says whose.
std::string dump_json(const Json& json, const std::string& what);

/// NaN and infinities, which JSON does not have, as "nan", "inf", "-inf".
Json json_of(double value);

// Strict: no conversions between kinds. JsonFault.
const Json& member(const Json& object, const char* key);
double double_of(const Json& json);
std::int64_t integer_of(const Json& json);
bool bool_of(const Json& json);
const std::string& string_of(const Json& json);

/// Numbers, truth values and text as such; other values as {"float64": "nan"},
/// {"int64": [1, 2]}, {"float64": [0.1, "inf"]}.
Json json_of(const StateValue& value);
StateValue state_value_of(const Json& json);
Json json_of(const StateValues& values);
StateValues state_values_of(const Json& json);

}  // namespace ansatz::serial
