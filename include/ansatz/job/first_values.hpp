// first_values(store, he_uniform(true)): all matrices of a program's store drawn in a line.
#pragma once

#include <ansatz/base/options.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/job/initialization.hpp>
#include <dsl/store.hpp>

namespace ansatz {

/// How the matrices of a store begin: the keys of a layer's weights, and a seed.
struct FirstValues : Initialization {
  Seed seed = Seed{1};

  template <class K>
  static constexpr void keys(K& key) {
    initialization_keys<FirstValues>(key);
    key("seed", &FirstValues::seed, "of the draws");
  }
  /// Draws every parameter of the store with two dimensions or more, in the store's order, from one
  /// stream: [inputs, units], where the inputs of a kernel [rows, columns, channels, units] are all
  /// but the last. Vectors, numbers and state keep their values.
  /// Errors: ValueError, with the parameter's name, unless exactly one way is given and can be
  /// done.
  void draw(Store store) const;
};

/// First values of a store that a program of one's own trains, as those of a layer's weights:
///
///     first_values(step.store(), irange(.05));
///     first_values(step.store(), he_normal(true), seed(7));
template <KeyOf<FirstValues>... Option>
void first_values(const Store& store, const Option&... option) {
  FirstValues how;
  give(how, option...);
  how.draw(store);
}

}  // namespace ansatz
