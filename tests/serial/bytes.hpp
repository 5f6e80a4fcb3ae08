// Files of tensors put together by hand, byte by byte.
#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace ansatz::testing {

inline std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Length, header, data, as they are.
inline std::string safetensors(std::string_view header, std::string_view data = "") {
  std::string out;
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(header.size() >> shift);
  return out.append(header).append(data);
}

}  // namespace ansatz::testing
