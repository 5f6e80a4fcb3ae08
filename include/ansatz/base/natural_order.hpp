// Alphabetical order that knows numbers: h2 comes before h10.
#pragma once

#include <string_view>

namespace ansatz {

/// Pylearn2's number_aware_alphabetical_cmp: less than, equal to or greater than 0 as `a` stands
/// before `b`, level with it or behind it. Numbers (digits, also with a sign, a decimal point or an
/// exponent: -2, 0.5, 1e3) compare by value and stand before letters; all else compares byte by
/// byte. "h1" and "h01" are level.
int natural_compare(std::string_view a, std::string_view b);

/// For sorting: std::stable_sort(names.begin(), names.end(), natural_less).
inline bool natural_less(std::string_view a, std::string_view b) {
  return natural_compare(a, b) < 0;
}

}  // namespace ansatz
