// What a job says of the columns of a table: key types of `Table`.
#pragma once

#include <ansatz/base/describe.hpp>
#include <dsl/ir/list.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace ansatz {

/// What becomes of a column, and what stands for its missing values; "auto": what fits it.
struct ColumnRule {
  String name, use = "auto", missing = "auto";
};

/// The rules of a table: `auto`, a list of the columns that are used, or a mapping of names to
/// words, or to {use: …, missing: …}.
struct ColumnRules {
  ir::List<ColumnRule> list;
  bool only_these = false;  ///< columns without a rule are not used

  const ColumnRule* find(std::string_view name) const {
    for (const ColumnRule& each : list)
      if (each.name == name) return &each;
    return nullptr;
  }
};

template <class Value>
bool read_value(const Value& from, ColumnRules& to) {
  to = {};
  const char* const allowed =
      "auto, a list of the columns to use, or a mapping of columns to standardize, min_max, none, "
      "one_hot, drop, auto, or {use: …, missing: …}";
  if (from.is_list()) {
    to.only_these = true;
    for (const Value& item : from.items()) {
      const auto name = item.scalar();
      if (!name || !item.names_well(*name)) return item.refuse("the name of a column"), false;
      to.list.push_back({String(*name)});
    }
    if (to.list.empty()) return from.refuse(allowed), false;
    return true;
  }
  if (!from.is_mapping()) {
    const std::optional<std::string> word = from.scalar();
    if (word && *word == "auto") return true;
    return from.refuse(allowed), false;
  }
  const auto names = from.keys();
  const auto values = from.items();
  bool good = true;
  for (std::size_t i = 0; i < values.size(); ++i) {
    ColumnRule rule{String(names[i])};
    good = values[i].names_well(names[i]) && good;
    if (values[i].is_mapping()) {
      const auto keys = values[i].keys();
      const auto words = values[i].items();
      for (std::size_t k = 0; k < words.size(); ++k) {
        const bool use = keys[k] == "use";
        if (!use && keys[k] != "missing") {
          words[k].refuse("the keys use and missing");
          good = false;
        } else {
          good = read_value(words[k], use ? rule.use : rule.missing) && good;
        }
      }
    } else if (const auto word = values[i].scalar()) {
      rule.use = String(*word);
    } else {
      values[i].refuse(allowed);
      good = false;
    }
    to.list.push_back(rule);
  }
  return good;
}
inline void write_value(Describer& to, const ColumnRules& rules) {
  if (rules.list.empty()) return to.text("auto");
  if (rules.only_these) {
    to.open_list();
    for (const ColumnRule& each : rules.list) to.text(each.name.view());
    return to.close();
  }
  to.open_mapping(nullptr);
  for (const ColumnRule& each : rules.list) {
    to.key(each.name.view());
    if (each.missing == "auto") {
      to.text(each.use.view());
      continue;
    }
    to.open_mapping(nullptr);
    to.key("use");
    to.text(each.use.view());
    to.key("missing");
    to.text(each.missing.view());
    to.close();
  }
  to.close();
}
inline const char* value_type(const ColumnRules*) {
  return "auto, list of columns, or mapping of columns to rules";
}

/// A part of the rows.
struct RowPart {
  String name;
  double fraction = 0;
};
/// Parts of the rows by name: {train: .8, test: .2}.
struct RowParts {
  ir::List<RowPart> list;
};
template <class Value>
bool read_value(const Value& from, RowParts& to) {
  to = {};
  if (!from.is_mapping()) {
    from.refuse("a mapping of names to fractions, such as {train: .8, test: .2}");
    return false;
  }
  const auto names = from.keys();
  const auto values = from.items();
  bool good = true;
  for (std::size_t i = 0; i < values.size(); ++i) {
    RowPart part{String(names[i])};
    good = values[i].names_well(names[i]) && read_value(values[i], part.fraction) && good;
    to.list.push_back(part);
  }
  return good;
}
inline void write_value(Describer& to, const RowParts& parts) {
  if (parts.list.empty()) return to.null();
  to.open_mapping(nullptr);
  for (const RowPart& each : parts.list) {
    to.key(each.name.view());
    to.number(each.fraction);
  }
  to.close();
}
inline const char* value_type(const RowParts*) { return "mapping of names to fractions"; }

}  // namespace ansatz
