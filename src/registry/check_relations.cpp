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

}  // namespace

void check_relations(const std::vector<Field>& fields, const yaml::Place& place,
                     yaml::Errors& errors) {
  std::map<std::string_view, std::pair<int, std::string>> ways;  // what: keys that say it
  for (const std::string_view key : place->keys()) {
    const auto field = std::find_if(fields.begin(), fields.end(),
                                    [&](const Field& each) { return key == each.name; });
    if (field == fields.end()) continue;
    if (const char* const most = field->rules.limit)
      if (const auto above = place.find(most)) check_limit(*place.find(key), *above, most, errors);
    if (!field->rules.way_to) continue;
    // null and false are what is not given
    const std::string value = value_text(field->write, field->at);
    if (value == "null" || value == "false") continue;
    auto& [count, names] = ways[field->rules.way_to];
    names += fmt::format("{}{}", count++ ? " and " : "", key);
  }
  for (const auto& [what, keys] : ways)
    if (keys.first > 1)
      errors.add(place, fmt::format("{} say in different ways {}; give one", keys.second, what));
}

}  // namespace ansatz
