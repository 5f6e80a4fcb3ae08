// What the classes of data sets ask of their keys, and of their files.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ansatz::data {

/// Throws KeyFaults of `key` unless the name is one of those allowed.
void require_name(const char* key, std::string_view name,
                  std::initializer_list<std::string_view> allowed);
/// Throws KeyFaults where start and stop are the range of no set.
void require_range(std::optional<int> start, std::optional<int> stop);
/// The examples first .. second - 1 of so many. ValueError where they are not there.
std::pair<std::int64_t, std::int64_t> range_of(std::optional<int> start, std::optional<int> stop,
                                               std::int64_t examples, std::string_view set);

/// The first of the files that is there, under the path given or with ".gz" behind it.
std::optional<std::string> first_file(const std::vector<std::string>& paths);
/// The same; FileError, naming the first, where there is none.
std::string require_file(const std::vector<std::string>& paths);

}  // namespace ansatz::data
