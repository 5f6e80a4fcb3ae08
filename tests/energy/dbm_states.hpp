// States of a deep Boltzmann machine as inputs, and means of a layer by the energies of all its
// states.
#pragma once

#include <ansatz/model/energy/dbm/dbm.hpp>

#include "../model/probe.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace ansatz::testing {

/// Inputs: v, and a state of each hidden layer, called s0, s1, ….
inline Data states_of(const DBM& dbm) {
  Data data;
  data.add("features", dbm.input_space());
  for (int i = 0; i < dbm.depth(); ++i) data.add("s" + to_text(i), dbm.state_space(i));
  return data;
}
inline DBMState state_in(const DBM& dbm, const Data& data) {
  DBMState s{data["features"].value(), {}};
  for (int i = 0; i < dbm.depth(); ++i)
    s.hidden.push_back(
        dbm.hidden_layers[i]->state_of(dbm.below(i), data["s" + to_text(i)].value()));
  return s;
}
/// So many examples of v and states: as many numbers as one of them has are those of all.
inline Minibatch states_batch(const DBM& dbm, int examples,
                              const std::vector<std::vector<double>>& numbers) {
  Minibatch batch;
  batch.examples = examples;
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    const int layer = static_cast<int>(k) - 1;
    const SpaceInfo space = layer < 0 ? dbm.input_space() : dbm.state_space(layer);
    std::vector<double>& to = batch.numbers[layer < 0 ? "features" : "s" + std::to_string(layer)];
    to = numbers[k];
    if (numbers[k].size() != static_cast<std::size_t>(space.total_dimension())) continue;
    for (int n = 1; n < examples; ++n) to.insert(to.end(), numbers[k].begin(), numbers[k].end());
  }
  return batch;
}
/// Holds the output `name` of the probe, the means of layer i (-1: v) given the rest, to sums over
/// `states`, all that it may be in; the output "E" is the energy.
inline void check_means_of(const DBM& dbm, Probe& probe, int i, const std::vector<double>& states,
                           std::vector<std::vector<double>> rest, const char* name) {
  const SpaceInfo space = i < 0 ? dbm.input_space() : dbm.state_space(i);
  const auto width = static_cast<std::size_t>(space.total_dimension());
  const std::size_t count = states.size() / width;
  rest[static_cast<std::size_t>(i + 1)] = states;
  Computed c = probe(states_batch(dbm, static_cast<int>(count), rest));
  std::vector<double> mean(width);
  double z = 0;
  for (std::size_t n = 0; n < count; ++n) {
    const double p = std::exp(-c["E"][n]);
    z += p;
    for (std::size_t k = 0; k < width; ++k) mean[k] += p * states[n * width + k];
  }
  for (std::size_t k = 0; k < width; ++k) CHECK(c[name][k] == Approx(mean[k] / z).epsilon(1e-9));
}

}  // namespace ansatz::testing
