// Seeds of NumPy's RandomState: a number, or several.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/keys.hpp>
#include <dsl/ir/errors.hpp>

#include <cstdint>
#include <initializer_list>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A seed as `numpy.random.RandomState` takes it: one number, or a list. Empty: the default of
/// the class that has it.
struct Seed {
  ir::List<unsigned> numbers;
  constexpr Seed() {}
  /// Error for a negative number, as NumPy's.
  constexpr Seed(int number) { add(number); }
  constexpr Seed(std::initializer_list<int> several) : list(true) {
    for (int n : several) add(n);
  }
  constexpr bool empty() const { return numbers.empty(); }
  /// Whether it was given as a list, which NumPy treats differently even when it has one number.
  bool list = false;

 private:
  constexpr void add(int number) {
    if (number < 0) graph_error("a seed must be between 0 and 4294967295");
    numbers.push_back(static_cast<unsigned>(number));
  }
};

bool read_value(const Value& from, Seed& to);
void write_value(Describer& to, const Seed& value);
inline const char* value_type(const Seed*) { return "whole number, or list of them"; }

class RandomState;
/// NumPy's generator of this seed, or of the list `by_default`.
RandomState random_state(const Seed& seed, std::initializer_list<std::int64_t> by_default);

constexpr Given<"seed", Seed> seed(std::initializer_list<int> numbers) { return {Seed(numbers)}; }

}  // namespace ansatz
