#include <ansatz/registry/listing.hpp>

#include <ansatz/program/configuration.hpp>
#include <ansatz/registry/registry.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace ansatz {

namespace {

struct Entries {
  std::vector<const ClassInfo*> classes;
  std::vector<const Configuration*> programs;
};

Entries entries_of(const std::string& name) {
  Entries all{registry().all(), {}};
  for (const Configuration* each : configurations()) all.programs.push_back(each);
  std::sort(all.programs.begin(), all.programs.end(), [](const auto* a, const auto* b) {
    return a->name != b->name ? a->name < b->name : a->precision < b->precision;
  });
  if (name.empty()) return all;
  Entries found;
  const ClassInfo* const exact = registry().find(name);
  if (exact)
    found.classes.push_back(exact);
  else
    found.classes = registry().named(name);
  for (const Configuration* each : all.programs)
    if (each->name == name) found.programs.push_back(each);
  if (!found.classes.empty() || !found.programs.empty()) return found;
  std::vector<std::string_view> known = registry().names();
  for (const Configuration* each : all.programs) known.push_back(each->name);
  const std::string_view near = nearest_name(name, known);
  throw NameError(fmt::format("'{}' is no class and no configuration{}{}", name,
                              near.empty() ? "" : "; nearest: ", near));
}

const char* precision_name(const Configuration& c) {
  return c.precision == sizeof(double) ? "float64" : "float32";
}

std::string other_names(const ClassInfo& c) {
  std::string text;
  for (std::size_t i = 1; i < c.names.size(); ++i) text += (i > 1 ? ", " : "") + c.names[i];
  return text;
}

std::string as_text(const Entries& entries) {
  std::string text;
  std::string kind;
  for (const ClassInfo* c : entries.classes) {
    if (c->kind != kind) text += fmt::format("{}{}:\n", kind.empty() ? "" : "\n", c->kind);
    kind = c->kind;
    text += fmt::format("\n  {}  ({})\n      {}\n", c->short_name(), c->name(), c->doc);
    if (const std::string others = other_names(*c); !others.empty())
      text += fmt::format("      also: {}\n", others);
    for (const KeyInfo& key : c->keys())
      text += fmt::format("    {:<24} {}; {}: {}\n", key.name, key.type,
                          key.required ? "required" : "default " + key.by_default, key.doc);
  }
  if (!entries.programs.empty()) text += "\nconfigurations:\n";
  for (const Configuration* p : entries.programs)
    text += fmt::format("  {:<24} {}  {}\n", p->name, precision_name(*p), p->doc);
  return text;
}

std::string as_json(const Entries& entries) {
  using nlohmann::ordered_json;
  ordered_json classes = ordered_json::array(), programs = ordered_json::array();
  for (const ClassInfo* c : entries.classes) {
    ordered_json keys = ordered_json::array();
    for (const KeyInfo& key : c->keys()) {
      ordered_json k{{"name", key.name}, {"type", key.type}, {"required", key.required}};
      if (!key.required) k["default"] = key.by_default;
      k["doc"] = key.doc;
      keys.push_back(std::move(k));
    }
    classes.push_back({{"name", c->name()},
                       {"short_name", c->short_name()},
                       {"names", c->names},
                       {"kind", c->kind},
                       {"doc", c->doc},
                       {"keys", std::move(keys)}});
  }
  for (const Configuration* p : entries.programs)
    programs.push_back({{"name", p->name}, {"floatX", precision_name(*p)}, {"doc", p->doc}});
  return ordered_json{{"classes", std::move(classes)}, {"configurations", std::move(programs)}}
             .dump(2) +
         "\n";
}

// A vertical bar ends a cell.
std::string cell(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string as_markdown(const Entries& entries) {
  std::string text =
      "# Classes and configurations\n\n"
      "Written by the target `reference` from the classes themselves; `ansatz list` shows the "
      "same.\n"
      "In a job file a class may be named by its path or by the last part of it.\n";
  std::string kind;
  for (const ClassInfo* c : entries.classes) {
    if (c->kind != kind) text += fmt::format("\n## {}\n", c->kind);
    kind = c->kind;
    text += fmt::format("\n### {}\n\n`{}`: {}\n", c->short_name(), c->name(), c->doc);
    if (const std::string others = other_names(*c); !others.empty())
      text += fmt::format("Also known as {}.\n", others);
    const std::vector<KeyInfo> keys = c->keys();
    if (!keys.empty()) text += "\n| key | type | default | |\n|---|---|---|---|\n";
    for (const KeyInfo& key : keys)
      text +=
          fmt::format("| `{}` | {} | {} | {} |\n", key.name, cell(key.type),
                      key.required ? "required" : "`" + cell(key.by_default) + "`", cell(key.doc));
  }
  if (entries.programs.empty()) return text;
  text +=
      "\n## Configurations\n\nJobs whose programs are compiled into the library; other jobs borrow "
      "their loops.\n\n| name | precision | |\n|---|---|---|\n";
  for (const Configuration* p : entries.programs)
    text += fmt::format("| `{}` | {} | {} |\n", p->name, precision_name(*p), cell(p->doc));
  return text;
}

}  // namespace

std::string listing(const std::string& format, const std::string& name) {
  const Entries entries = entries_of(name);
  if (format == "text") return as_text(entries);
  if (format == "json") return as_json(entries);
  if (format == "markdown") return as_markdown(entries);
  throw ValueError(fmt::format("format '{}'; allowed: text, json, markdown", format));
}

}  // namespace ansatz
