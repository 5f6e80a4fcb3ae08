// L1_ActivationCost: c mean_j max(|E_v[P(h_j = 1 | v)] - target| - eps, 0)
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/cost.hpp>
#include <ansatz/job/model_as.hpp>
#include <ansatz/model/energy/rbm.hpp>
#include <dsl/ops/activation/relu.hpp>
#include <dsl/ops/arithmetic/abs.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/reduce/mean.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A penalty of hidden units of an RBM that are on more or less often than wanted: coeff times the
/// mean over units of what the distance of their mean activity in the batch and `target` is above
/// eps.
class L1_ActivationCost : public Cost {
 public:
  static constexpr const char* yaml = "pylearn2.models.rbm.L1_ActivationCost";
  static constexpr const char* doc = "distances of an RBM's mean activities from the wanted one";
  double wanted = 0, tolerance = 0, coefficient = 0;

  constexpr L1_ActivationCost() {}
  constexpr ~L1_ActivationCost() override {}
  constexpr L1_ActivationCost(double target, double eps, double coeff)
      : wanted(target), tolerance(eps), coefficient(coeff) {}
  template <class K>
  static constexpr void keys(K& key) {
    using Self = L1_ActivationCost;
    key.required("target", &Self::wanted, "the wanted mean activity of a hidden unit")
        .from_to(0, 1);
    key.required("eps", &Self::tolerance, "distance that costs nothing").at_least(0);
    key.required("coeff", &Self::coefficient, "factor of the penalty").at_least(0);
  }
  constexpr bool supervised() const override { return false; }
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    const RBM* const rbm = model_as<RBM>(model);
    if (!rbm) {
      graph_error("L1_ActivationCost needs an RBM for its model");
      return {};
    }
    const AnyExpr activity = mean(rbm->mean_h_given_v(inputs_of(model, data)), batch);
    const AnyExpr off = abs(activity - setting("l1_activation.target", wanted));
    return setting("l1_activation", coefficient) *
           mean(relu(off - setting("l1_activation.eps", tolerance)));
  }
};

}  // namespace ansatz
