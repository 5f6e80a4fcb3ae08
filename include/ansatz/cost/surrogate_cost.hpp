// SurrogateCost: a cost whose gradients are known, and whose value is not.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/cost.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The base of costs with the gradients of a surrogate: a number that has the derivatives of the
/// cost, but another value, which stands for nothing. Contrastive divergence (Hinton 2002) is the
/// difference of two free energies, the second that of a sample which is held fixed:
///
///     constexpr AnyExpr surrogate(const Model& m, const Data& data, UpdateList&) const override {
///       const AnyExpr v = data["features"].value(), sample = stop_gradient(m.gibbs(v));
///       return mean(m.free_energy(v) - m.free_energy(sample));
///     }
///
/// SGD trains with it; BGD, whose line searches compare values, refuses it; there is no channel
/// "objective", so that such a cost adds channels of what can be computed, such as an error of
/// reconstruction.
class SurrogateCost : public Cost {
 public:
  /// The surrogate for a batch: one number. What is not to be differentiated stands in
  /// `stop_gradient`. What a step renews beside the parameters, such as the state of chains, is
  /// added to `updates`.
  constexpr virtual AnyExpr surrogate(const Model& model, const Data& data,
                                      UpdateList& updates) const = 0;

  constexpr bool supervised() const override { return false; }
  constexpr GradientList gradients(const Model& model, const Data& data) const override {
    GradientList g;
    const AnyExpr of = surrogate(model, data, g.updates);
    for (const ModelParameter& p : model.parameters()) g.of.push_back(grad(of, p.value));
    return g;
  }
};

}  // namespace ansatz
