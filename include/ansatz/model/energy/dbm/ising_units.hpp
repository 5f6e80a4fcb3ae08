// Units of -1 and 1, and their inverse temperatures: what Ising layers share
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/parameter_list.hpp>
#include <ansatz/model/energy/dbm/dbm_layer.hpp>
#include <dsl/ops/activation/sigmoid.hpp>
#include <dsl/ops/activation/softplus.hpp>
#include <dsl/ops/activation/tanh.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/clip.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/random/bernoulli.hpp>
#include <dsl/ops/reduce/max.hpp>
#include <dsl/ops/reduce/min.hpp>
#include <dsl/ops/reduce/sum.hpp>

#include <optional>

ANSATZ_COMPILED_ONCE

namespace ansatz::ising {

/// E[h] of p(h) ~ e^(z h), h being -1 or 1.
constexpr AnyExpr mean_of(const AnyExpr& z) { return tanh(z); }
/// A draw of it: 1 with probability sigmoid(2 z).
constexpr AnyExpr draw(const AnyExpr& z) { return 2 * bernoulli(sigmoid(2 * z)) - 1; }
/// -log p(h), number by number.
constexpr AnyExpr cost(const AnyExpr& h, const AnyExpr& z) { return softplus(2 * z) - (h + 1) * z; }

/// The inverse temperature as a parameter, which stays as it is unless it is learned.
constexpr ModelParameter temperature(const String& name, bool learned) {
  ModelParameter beta{name, parameter_leaf(name, ir::make_shape())};
  beta.frozen = !learned;
  return beta;
}

using Limit = std::optional<double>;
constexpr AnyExpr within(const AnyExpr& x, const Limit& low, const Limit& high) {
  if (!low && !high) return x;
  return clip(x, low.value_or(-1e6), high.value_or(1e6));
}
/// What the biases b of units of 0 and 1 are in the energy of -1 and 1: half of them, and what they
/// get of the weights on either side.
constexpr AnyExpr bias_of_energy(const AnyExpr& b, const LimitedWeights& own,
                                 const LimitedWeights& above) {
  AnyExpr total = .5 * b;
  if (own.there) total = total + sum(own.before, axis<0>);
  if (above.there) total = total + sum(above.before, axis<1>);
  return total;
}
/// Makes the biases `next`, null if they stay, those whose energy's are within the limits.
constexpr void limit_bias(AnyExpr* next, const LimitedWeights& own, const LimitedWeights& above,
                          const Limit& low, const Limit& high) {
  if (!next) return;
  AnyExpr b = within(bias_of_energy(*next, own, above), low, high);
  if (own.there) b = b - sum(own.after, axis<0>);
  if (above.there) b = b - sum(above.after, axis<1>);
  *next = 2 * b;
}
constexpr void bias_channels(const AnyExpr& b, const LimitedWeights& own,
                             const LimitedWeights& above, ChannelList& list) {
  const AnyExpr there = bias_of_energy(b, own, above);
  list.add("ising_b_min", min(there));
  list.add("ising_b_max", max(there));
}

}  // namespace ansatz::ising
