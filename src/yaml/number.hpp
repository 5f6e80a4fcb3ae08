// The numbers of YAML 1.1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ansatz::yaml::number {

/// Decimal, 0b binary, 0 octal, 0x hexadecimal, sexagesimal (1:30); '_' between digits.
bool is_integer(std::string_view text);
/// With a point or an exponent; sexagesimal with a point; .inf, .nan.
bool is_real(std::string_view text);

/// The value of a text that is_integer; nothing if it does not fit.
std::optional<std::int64_t> integer(std::string_view text);
/// The value of a text that is_integer or is_real; nothing if double precision has no value near.
std::optional<double> real(std::string_view text);
/// "1000" of "1e3": the digits of a number without a fraction; nothing for others.
std::optional<std::string> whole(std::string_view text);

}  // namespace ansatz::yaml::number
