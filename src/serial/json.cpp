#include "json.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include <dsl/exceptions.hpp>

namespace ansatz::serial {

namespace {

constexpr int deepest = 8;

[[noreturn]] void not_a(const char* wanted, const Json& found) {
  throw JsonFault{fmt::format("{} stands where {} belongs", found.type_name(), wanted)};
}

const Json& list_of(const Json& json) {
  if (!json.is_array()) not_a("a list", json);
  return json;
}

}  // namespace

Json parse_json(std::string_view text) {
  const auto not_too_deep = [](int depth, Json::parse_event_t, Json&) {
    if (depth > deepest) throw JsonFault{"it is nested too deeply"};
    return true;
  };
  try {
    return Json::parse(text.begin(), text.end(), not_too_deep);
  } catch (const Json::parse_error& error) {
    throw JsonFault{fmt::format("it is not JSON at byte {}", error.byte)};
  } catch (const Json::exception&) {
    throw JsonFault{"it has a number beyond all doubles"};
  }
}

std::string dump_json(const Json& json, const std::string& what) {
  try {
    return json.dump();
  } catch (const Json::exception&) {
    throw ValueError(fmt::format("{} hold text that is not UTF-8", what));
  }
}

Json json_of(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return value;
}

const Json& member(const Json& object, const char* key) {
  if (!object.is_object()) not_a("an object", object);
  const auto at = object.find(key);
  if (at == object.end()) throw JsonFault{fmt::format("'{}' is missing", key)};
  return *at;
}

double double_of(const Json& json) {
  if (json.is_number()) return json.get<double>();
  if (json == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (json == "inf") return std::numeric_limits<double>::infinity();
  if (json == "-inf") return -std::numeric_limits<double>::infinity();
  not_a("a number", json);
}

std::int64_t integer_of(const Json& json) {
  if (!json.is_number_integer()) not_a("an integer", json);
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX)
    throw JsonFault{"an integer has more than 63 bits"};
  return json.get<std::int64_t>();
}

bool bool_of(const Json& json) {
  if (!json.is_boolean()) not_a("true or false", json);
  return json.get<bool>();
}

const std::string& string_of(const Json& json) {
  if (!json.is_string()) not_a("a text", json);
  return json.get_ref<const std::string&>();
}

Json json_of(const StateValue& value) {
  if (const bool* b = std::get_if<bool>(&value)) return *b;
  if (const std::int64_t* n = std::get_if<std::int64_t>(&value)) return *n;
  if (const std::string* s = std::get_if<std::string>(&value)) return *s;
  if (const double* x = std::get_if<double>(&value))
    return std::isfinite(*x) ? Json(*x) : Json{{"float64", json_of(*x)}};
  if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&value))
    return Json{{"int64", *integers}};
  Json list = Json::array();
  for (const double x : std::get<std::vector<double>>(value)) list.push_back(json_of(x));
  return Json{{"float64", std::move(list)}};
}

StateValue state_value_of(const Json& json) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_integer()) return integer_of(json);
  if (json.is_number()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  if (!json.is_object() || json.size() != 1) not_a("a value", json);
  if (json.contains("int64")) {
    std::vector<std::int64_t> out;
    for (const Json& each : list_of(json["int64"])) out.push_back(integer_of(each));
    return out;
  }
  const Json& content = member(json, "float64");
  if (!content.is_array()) return double_of(content);
  std::vector<double> out;
  for (const Json& each : content) out.push_back(double_of(each));
  return out;
}

Json json_of(const StateValues& values) {
  Json out = Json::object();
  for (const auto& [name, value] : values) out[name] = json_of(value);
  return out;
}

StateValues state_values_of(const Json& json) {
  if (!json.is_object()) not_a("an object", json);
  StateValues out;
  for (const auto& [name, value] : json.items()) out.emplace(name, state_value_of(value));
  return out;
}

}  // namespace ansatz::serial
