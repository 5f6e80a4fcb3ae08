// Random functions compiled by the C++ compiler: the same plan as at run time, table by table, and
// the same bits as the interpreted one.
#pragma once

#include <catch2/catch.hpp>

#include <dsl/compile.hpp>

#include "random_function.hpp"

namespace fuzz {

constexpr Mix compiled_mix(int seed) {
  Mix mix;
  mix.ops = 2 + seed % 9;
  mix.outputs = 1 + seed % 3;
  mix.shown = seed % 2;
  return mix;
}

template <int Seed>
struct Seeded {
  constexpr ansatz::Function operator()() const {
    return random_function(Seed, compiled_mix(Seed));
  }
};

/// Compares with the program that `random_function(seed, compiled_mix(seed))` gives at run time.
template <class T>
void check_compiled(ansatz::Program<T>& compiled, int seed);
extern template void check_compiled(ansatz::Program<float>&, int);
extern template void check_compiled(ansatz::Program<double>&, int);

template <int Seed>
void check_seed() {
  ansatz::Compiled<Seeded<Seed>, float> in_float;
  ansatz::Compiled<Seeded<Seed>, double> in_double;
  check_compiled<float>(in_float, Seed);
  check_compiled<double>(in_double, Seed);
}

/// Eight seeds, of which `first` is the lowest.
template <int First>
void check_eight() {
  [&]<int... K>(std::integer_sequence<int, K...>) {
    (check_seed<First + K>(), ...);
  }(std::make_integer_sequence<int, 8>{});
}

}  // namespace fuzz
