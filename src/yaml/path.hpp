// The path of a node: model.layers[1].dim
#pragma once

#include <string>
#include <string_view>

namespace ansatz::yaml::path {

/// "a" and "b" give "a.b"; a key with other than letters, digits, '_' and '-' gives "a['b.c']".
std::string with_key(std::string_view path, std::string_view key);
std::string with_index(std::string_view path, std::size_t index);

}  // namespace ansatz::yaml::path
