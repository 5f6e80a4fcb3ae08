#include "path.hpp"
#include <dsl/in_quotes.hpp>

#include <ansatz/yaml/source.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace ansatz::yaml::path {

std::string with_key(std::string_view path, std::string_view key) {
  const bool plain =
      !key.empty() && key.size() <= 60 && std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
      });
  if (!plain) return fmt::format("{}[{}]", path, in_quotes(key));
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

std::string with_index(std::string_view path, std::size_t index) {
  return fmt::format("{}[{}]", path, index);
}

}  // namespace ansatz::yaml::path
