// Python's % on one value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ansatz::yaml {

/// The part of "%(name)-8.3f" behind the name.
struct Conversion {
  bool left = false, plus = false, space = false, zero = false;
  int width = 0;
  int precision = -1;  // none
  char letter = 's';
};

/// Reads a conversion from the start of `text` and says how many bytes it takes; 0 if it is none.
std::size_t read_conversion(std::string_view text, Conversion& out);

/// `value` in that form. A value is a number if YAML reads it as one. Nothing, and the reason in
/// `why`, if it does not fit.
std::optional<std::string> format_value(const std::string& value, const Conversion& conversion,
                                        std::string& why);

}  // namespace ansatz::yaml
