// Text of JSON that is safe on what JSON does not know: NaN, infinities, bytes that are no UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace ansatz {

/// The shortest text that reads back as the same double, always with a point or an exponent:
/// 0.1, 3.0, 1e+300. JSON has no others, so NaN and infinities become "nan", "inf" and "-inf" in
/// quotes, which Python's float() and C's strtod read.
std::string json_number(double value);

/// Text in quotes, escaped. Bytes that are no UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

/// The place of the first byte that belongs to no UTF-8 sequence (RFC 3629: shortest form, no
/// surrogates, up to U+10FFFF); text.size() when there is none.
std::size_t first_not_utf8(std::string_view text);

}  // namespace ansatz
