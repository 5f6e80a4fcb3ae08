#include <dsl/in_quotes.hpp>
#include "builder.hpp"
#include "core_tags.hpp"

#include <dsl/nearest_name.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace ansatz::yaml {

namespace {

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool digit(char c) { return c >= '0' && c <= '9'; }

// pylearn2.models.mlp.MLP
bool dotted_name(std::string_view name) {
  bool at_start = true;
  for (const char c : name) {
    if (at_start ? !letter(c) : !letter(c) && !digit(c) && c != '.') return false;
    at_start = c == '.';
  }
  return !at_start;
}

void check_object(const Node& node, const std::string& path, Errors& errors) {
  const std::string_view name = object_name(node);
  if (!dotted_name(name)) {
    errors.add(node.position, path,
               fmt::format("found {}; allowed: the name of a class behind !obj:, as in "
                           "!obj:pylearn2.models.mlp.MLP",
                           in_quotes(node.tag)));
  } else if (node.kind != Kind::mapping) {
    const std::string found = node.kind == Kind::sequence         ? "a list"
                              : node.text.empty() && !node.quoted ? "nothing"
                                                                  : in_quotes(node.text);
    errors.add(node.position, path,
               fmt::format("found {} behind {}; allowed: its keys in braces, {{}} for none", found,
                           in_quotes(node.tag)));
  }
}

void check_import(const Node& node, const std::string& path, Errors& errors) {
  const bool suffix = node.tag != "!import";
  const bool scalar = node.kind == Kind::scalar;
  if (scalar && dotted_name(import_name(node)) && (!suffix || node.text.empty())) return;
  errors.add(node.position, path,
             fmt::format("found {}; allowed: !import 'module.name' or !import:module.name",
                         scalar && suffix && !node.text.empty()
                             ? in_quotes(node.tag) + " before " + in_quotes(node.text)
                             : describe(node)));
}

void check_core(const Node& node, const std::string& path, Errors& errors) {
  const std::string_view name = std::string_view(node.tag).substr(core_tags.size());
  const Kind kind = name == "seq" ? Kind::sequence : name == "map" ? Kind::mapping : Kind::scalar;
  const std::vector<std::string_view> known = {"str", "int", "float", "bool", "null", "seq", "map"};
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    const bool python = name.starts_with("python");
    errors.add(node.position, path,
               fmt::format("unknown tag {}{}{}", in_quotes("!!" + std::string(name)),
                           python ? "; a job cannot run code" : "", allowed_names(name, known)));
  } else if (node.kind != kind) {
    errors.add(node.position, path, fmt::format("found something else behind !!{}", name));
  }
}

}  // namespace

void check_tag(const Node& node, const std::string& path, Errors& errors) {
  const std::string_view tag = node.tag;
  if (tag.empty()) return;
  if (tag.starts_with("!obj:")) return check_object(node, path, errors);
  if (tag == "!import" || tag.starts_with("!import:")) return check_import(node, path, errors);
  if (tag.starts_with(core_tags)) return check_core(node, path, errors);
  if (tag == "!float") {
    if (node.kind != Kind::scalar)
      errors.add(node.position, path, "found something else behind !float; allowed: a number");
    return;
  }
  if (tag == "!pkl:") {
    if (node.kind != Kind::scalar || node.text.empty())
      errors.add(node.position, path, "found no file behind !pkl:; allowed: !pkl: \"path\"");
    return;
  }
  if (tag.starts_with("!pkl:")) {
    errors.add(
        node.position, path,
        fmt::format("found {}; put a space between !pkl: and the file's name", in_quotes(tag)));
    return;
  }
  const std::vector<std::string_view> known = {"!obj:", "!pkl:", "!import", "!import:", "!float",
                                               "!!str", "!!int", "!!float", "!!bool",   "!!null"};
  errors.add(node.position, path,
             fmt::format("unknown tag {}{}", in_quotes(tag),
                         allowed_names(tag.substr(0, tag.find(':') + 1), known)));
}

}  // namespace ansatz::yaml
