// What objects remember between two calls of a program: named values and random generators.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <ansatz/base/random_state.hpp>

namespace ansatz {

/// A remembered value. Doubles keep their bits through a file, but for those of a NaN. An unsigned
/// 64-bit number is kept as the std::int64_t of the same bits.
using StateValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>,
                                std::vector<double>>;

/// Values by their path, `extensions[0].best_cost`.
using StateValues = std::map<std::string, StateValue, std::less<>>;

/// Random generators by their name.
using RandomStates = std::map<std::string, RandomState::State, std::less<>>;

/// The value of a name as a T, one of the kinds of StateValue. FileError, with the nearest name
/// there is, when it is missing, and when it is of another kind.
template <class T>
const T& state_value(const StateValues& values, std::string_view name);

/// Whether the values are the same and of the same kind; a NaN is the same as another one.
bool same_value(const StateValue& a, const StateValue& b);

/// "3", "0.1", "'text'", "[1.0, 2.0]", for messages.
std::string text_of(const StateValue& value);

}  // namespace ansatz
