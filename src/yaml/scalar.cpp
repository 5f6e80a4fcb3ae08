#include <ansatz/yaml/scalar.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/in_quotes.hpp>

#include "core_tags.hpp"
#include "number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

namespace ansatz::yaml {

namespace {

bool one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool yes(std::string_view text) {
  return one_of(text, {"yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"});
}

bool no(std::string_view text) {
  return one_of(text, {"no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"});
}

// The scalar a value may be read from: no list, mapping, object or pickle.
bool plain_value(const Node& node) {
  return node.kind == Kind::scalar && !node.tag.starts_with("!obj:") &&
         !node.tag.starts_with("!import") && !is_pickle(node);
}

void refuse(const Place& place, Errors& errors, std::string_view allowed) {
  errors.add(place, fmt::format("found {}; allowed: {}", describe(*place.node), allowed));
}

void refuse_range(const Place& place, Errors& errors, std::string_view range) {
  errors.add(place, fmt::format("{} lies outside the range of {}", in_quotes(place->text), range));
}

void refuse_form(const Place& place, Errors& errors) {
  errors.add(place, fmt::format("found {} behind {}; allowed: a number", in_quotes(place->text),
                                place->tag == "!float" ? "!float" : "!!int or !!float"));
}

}  // namespace

Type type_of(std::string_view plain) {
  if (plain.empty() || one_of(plain, {"~", "null", "Null", "NULL"})) return Type::null;
  if (yes(plain) || no(plain)) return Type::boolean;
  if (number::is_integer(plain)) return Type::integer;
  if (number::is_real(plain)) return Type::real;
  return Type::text;
}

Type type_of(const Node& node) {
  if (node.kind == Kind::null) return Type::null;
  if (node.kind != Kind::scalar) return Type::text;
  if (node.tag == "!float") return Type::real;
  if (node.tag.starts_with(core_tags)) {
    const std::string_view name = std::string_view(node.tag).substr(core_tags.size());
    if (name == "float") return Type::real;
    if (name == "int") return Type::integer;
    if (name == "bool") return Type::boolean;
    if (name == "null") return Type::null;
  }
  if (!node.tag.empty() || node.quoted) return Type::text;
  return type_of(node.text);
}

bool is_null(const Node& node) { return type_of(node) == Type::null; }

std::optional<std::int64_t> as_int(const Place& place, Errors& errors) {
  const Node& node = *place.node;
  const Type type = plain_value(node) ? type_of(node) : Type::text;
  if (type == Type::integer) {
    if (!number::is_integer(node.text)) return refuse_form(place, errors), std::nullopt;
    if (const auto value = number::integer(node.text)) return value;
    return refuse_range(place, errors, "64-bit integers"), std::nullopt;
  }
  const auto whole = type == Type::real ? number::whole(node.text) : std::nullopt;
  refuse(place, errors,
         whole ? fmt::format("a whole number, written without point and exponent: {}", *whole)
               : "a whole number");
  return std::nullopt;
}

std::optional<double> as_float(const Place& place, Errors& errors) {
  const Node& node = *place.node;
  const Type type = plain_value(node) ? type_of(node) : Type::text;
  if (type != Type::integer && type != Type::real)
    return refuse(place, errors, "a number"), std::nullopt;
  if (!number::is_integer(node.text) && !number::is_real(node.text))
    return refuse_form(place, errors), std::nullopt;
  if (const auto value = number::real(node.text)) return value;
  return refuse_range(place, errors, "double precision"), std::nullopt;
}

std::optional<bool> as_bool(const Place& place, Errors& errors) {
  const Node& node = *place.node;
  const Type type = plain_value(node) ? type_of(node) : Type::text;
  if (type == Type::boolean && (yes(node.text) || no(node.text))) return yes(node.text);
  if (type == Type::integer) {
    const auto value = number::integer(node.text);
    if (value == 0 || value == 1) return *value == 1;
  }
  return refuse(place, errors, "true or false"), std::nullopt;
}

std::optional<std::string> as_string(const Place& place, Errors& errors) {
  const Node& node = *place.node;
  if (plain_value(node) && type_of(node) == Type::text) return node.text;
  const bool needs_quotes = plain_value(node) && type_of(node) != Type::null;
  refuse(place, errors, needs_quotes ? "a string; put it in quotes" : "a string");
  return std::nullopt;
}

namespace {

std::optional<std::string> expanded(const Place& place, const Environment& environment,
                                    Errors& errors,
                                    std::string (*expand)(std::string_view, const Environment&)) {
  const auto raw = as_string(place, errors);
  if (!raw) return std::nullopt;
  try {
    return expand(*raw, environment);
  } catch (const Error& error) {
    errors.add(place, error.what());
    return std::nullopt;
  }
}

}  // namespace

std::optional<std::string> as_string(const Place& place, const Environment& environment,
                                     Errors& errors) {
  return expanded(place, environment, errors, expand);
}

std::optional<std::string> as_path(const Place& place, const Environment& environment,
                                   Errors& errors) {
  return expanded(place, environment, errors, expand_path);
}

}  // namespace ansatz::yaml
