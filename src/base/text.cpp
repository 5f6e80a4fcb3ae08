#include "text.hpp"

#include <fmt/format.h>

namespace ansatz::data {

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text.substr(0, 40)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 32 || byte == 127) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + (text.size() > 40 ? "…'" : "'");
}

}  // namespace ansatz::data
