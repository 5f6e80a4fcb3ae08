// The rules of a key, as the reader of a job file holds a value to them.
#pragma once

#include <ansatz/base/keys.hpp>

#include <limits>
#include <optional>
#include <string>

namespace ansatz {

/// Which numbers a key may have, and what else its class says of it: `key("dim", …).at_least(1)`
/// fills one of these. Without a rule a number is finite.
struct KeyRules {
  static constexpr double none = std::numeric_limits<double>::infinity();

  double least = -none, most = none;
  bool open_below = false, open_above = false;
  bool infinite = false;           ///< infinities are numbers, too
  bool whole = false;              ///< of whole numbers: those of a size, on which Spaces depend
  const char* numbers = nullptr;   ///< what they are: "probabilities"; default: "numbers"
  const char* limit = nullptr;     ///< the key that has the largest value of this one
  const char* way_to = nullptr;    ///< of the keys that say this in different ways one may be given
  const char* excluded = nullptr;  ///< the key beside which this one means nothing
  /// A key, and the value it must have, or null: any but none.
  struct With {
    const char* key = nullptr;
    const char* value = nullptr;
  };
  With needed[2];  ///< without one of which this key means nothing
  bool path = false, output = false;

  KeyRules& at_least(double x) { return least = x, *this; }
  KeyRules& above(double x) { return least = x, open_below = true, *this; }
  KeyRules& at_most(double x) { return most = x, *this; }
  KeyRules& below(double x) { return most = x, open_above = true, *this; }
  KeyRules& from_to(double a, double b) { return at_least(a).at_most(b); }
  KeyRules& or_infinity() { return infinite = true, *this; }
  KeyRules& probability() { return noun("probabilities").from_to(0, 1); }
  KeyRules& length() { return noun("lengths").at_least(0); }
  KeyRules& noun(const char* plural) { return numbers = plural, *this; }
  KeyRules& not_above(const char* key) { return limit = key, *this; }
  KeyRules& one_way(const char* what) { return way_to = what, *this; }
  KeyRules& only_with(const char* key, const char* value = nullptr) {
    return needed[0] = {key, value}, *this;
  }
  KeyRules& or_with(const char* key, const char* value = nullptr) {
    return needed[1] = {key, value}, *this;
  }
  KeyRules& not_with(const char* key) { return excluded = key, *this; }
  KeyRules& is_path() { return path = true, *this; }
  KeyRules& is_output() { return output = true, is_path(); }

  bool holds(double x) const;
  /// In words: "whole numbers from 1".
  std::string allowed() const;
};

namespace registering {

/// Whether the values of a type of key are whole numbers.
template <class T>
inline constexpr bool is_whole = std::is_same_v<T, int>;
template <int N>
inline constexpr bool is_whole<Size<N>> = true;
template <class T>
inline constexpr bool is_whole<std::optional<T>> = is_whole<T>;
template <class T>
inline constexpr bool is_whole<ir::List<T>> = is_whole<T>;

}  // namespace registering

}  // namespace ansatz
