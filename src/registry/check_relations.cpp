// What holds between two keys of one object.
#include "describe_value.hpp"
#include "loader.hpp"

#include <ansatz/yaml/scalar.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace ansatz {

namespace {

// A limit from below that lies above the one from above.
void check_limit(const yaml::Place& below, const yaml::Place& above, const char* most,
                 yaml::Errors& errors) {
  yaml::Errors told_before;
  const auto from = yaml::as_float(below, told_before), to = yaml::as_float(above, told_before);
  if (from && to && std::isfinite(*from) && *from > *to)  // one that is not is told
    errors.add(below, fmt::format("found {}; allowed: at most {}, which is {}", *from, most, *to));
}

// The keys of an object as others of it ask for them.
struct Others {
  const std::vector<Field>& fields;
  const std::vector<Field>& defaults;
  const KeyNames& bad;

  std::size_t index(std::string_view key) const {
    std::size_t i = 0;
    while (i < fields.size() && key != fields[i].name) ++i;
    return i;
  }
  std::string text(std::string_view key) const {
    const Field& field = fields[index(key)];
    return value_text(field.write, field.at);
  }
  bool by_default(std::string_view key) const {
    const Field& field = defaults[index(key)];
    return text(key) == value_text(field.write, field.at);
  }
  // Whether the class has the key, and the file says what it is. A base's key may go with one that
  // not every class made of it has.
  bool known(std::string_view key) const {
    return index(key) < fields.size() && !bad.contains(key);
  }
  // Whether a key is given, and is not nothing.
  bool on(std::string_view key) const {
    const std::string is = text(key);
    return is != "null" && is != "false" && is != "''" && is != "[]" && is != "{}";
  }

  // Why a key of these rules means nothing; empty: it does, or that is not known.
  std::string idle(const KeyRules& rules) const {
    if (rules.excluded && known(rules.excluded) && on(rules.excluded) &&
        !by_default(rules.excluded))
      return fmt::format("means nothing with {}; leave one of them out", rules.excluded);
    std::string without;
    for (const KeyRules::With& with : rules.needed) {
      if (!with.key) continue;
      if (!known(with.key)) return "";
      const std::string is = text(with.key);
      if (with.value ? is == with.value || is == fmt::format("'{}'", with.value) : on(with.key))
        return "";
      without += fmt::format("{}{}{}{}", without.empty() ? "" : " and without ", with.key,
                             with.value ? ": " : "", with.value ? with.value : "");
    }
    if (without.empty()) return "";
    return fmt::format("means nothing without {}; leave it out, or give that", without);
  }
};

}  // namespace

void check_relations(const std::vector<Field>& fields, const std::vector<Field>& defaults,
                     const yaml::Place& place, const KeyNames& bad, Loader& loader) {
  yaml::Errors& errors = loader.errors;
  std::map<std::string_view, std::pair<int, std::string>> ways;  // what: keys that say it
  const Others others{fields, defaults, bad};
  for (const std::string_view key : place->keys()) {
    const auto field = std::find_if(fields.begin(), fields.end(),
                                    [&](const Field& each) { return key == each.name; });
    if (field == fields.end() || bad.contains(key)) continue;
    const KeyRules& rules = field->rules;
    if (const char* const most = rules.limit; most && !bad.contains(most))
      if (const auto above = place.find(most)) check_limit(*place.find(key), *above, most, errors);
    // The text of a model file, which no one wrote, says what the model is.
    if (loader.options.fill)
      if (const std::string why = others.idle(rules); !why.empty() && !others.by_default(key))
        errors.add(*place.find(key), fmt::format("{} {}", key, why));
    if (!rules.way_to) continue;
    const std::string value = value_text(field->write, field->at);
    if (value == "null" || value == "false") continue;
    auto& [count, names] = ways[rules.way_to];
    names += fmt::format("{}{}", count++ ? " and " : "", key);
  }
  for (const auto& [what, keys] : ways)
    if (keys.first > 1)
      errors.add(place, fmt::format("{} say in different ways {}; give one", keys.second, what));
}

}  // namespace ansatz
