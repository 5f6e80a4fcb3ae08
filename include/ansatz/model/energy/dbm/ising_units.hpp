// Units of -1 and 1, and their inverse temperatures: what Ising layers share
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/parameter_list.hpp>
#include <dsl/ops/activation/sigmoid.hpp>
#include <dsl/ops/activation/softplus.hpp>
#include <dsl/ops/activation/tanh.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/random/bernoulli.hpp>

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

}  // namespace ansatz::ising
