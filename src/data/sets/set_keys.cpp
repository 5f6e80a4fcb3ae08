#include "set_keys.hpp"

#include <ansatz/base/key_faults.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <dsl/in_quotes.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace ansatz::data {

void require_name(const char* key, std::string_view name,
                  std::initializer_list<std::string_view> allowed) {
  if (std::find(allowed.begin(), allowed.end(), name) == allowed.end())
    throw KeyFaults(
        key, fmt::format("{} {} is unknown{}", key, in_quotes(name), allowed_names(name, allowed)));
}

void require_range(std::optional<int> start, std::optional<int> stop) {
  if (stop && *stop <= start.value_or(0))
    throw KeyFaults("stop", fmt::format("start {} and stop {} are not a range of examples",
                                        start.value_or(0), *stop));
}

std::pair<std::int64_t, std::int64_t> range_of(std::optional<int> start, std::optional<int> stop,
                                               std::int64_t examples, std::string_view set) {
  const std::int64_t first = start.value_or(0);
  const std::int64_t end = stop ? std::int64_t{*stop} : examples;
  if (first >= end || end > examples)
    throw ValueError(fmt::format("start {} and stop {} are not a range of the {} examples of '{}'",
                                 first, end, examples, set));
  return {first, end};
}

std::optional<std::string> first_file(const std::vector<std::string>& paths) {
  std::error_code error;
  for (const std::string& path : paths)
    for (const std::string& each : {path, path + ".gz"})
      if (std::filesystem::is_regular_file(each, error)) return each;
  return std::nullopt;
}

std::string require_file(const std::vector<std::string>& paths) {
  if (auto found = first_file(paths)) return *found;
  throw FileError(fmt::format("{}: no such file", paths.front()));
}

}  // namespace ansatz::data
