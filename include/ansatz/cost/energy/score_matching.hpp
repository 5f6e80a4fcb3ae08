// SM: score matching, psi^2 / 2 + psi'
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/model/energy/energy_model.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/reduce/mean.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Score matching (Hyvärinen 2005; Swersky et al. 2011, equation 4): the mean over examples and
/// units of psi^2 / 2 + psi', where psi is the model's score and psi'_i = d psi_i / dv_i. Half the
/// mean squared distance of psi and of the score of the data's density is this plus a constant.
/// With `lambd`, lambd psi'^2 is added (Kingma and LeCun 2010).
class SM : public Cost {
 public:
  static constexpr const char* yaml = "pylearn2.costs.ebm_estimation.SM";
  static constexpr const char* doc = "score matching, by second derivatives";
  double lambd = 0;

  constexpr SM() {}
  constexpr explicit SM(double strength) : lambd(strength) {}
  constexpr ~SM() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key("lambd", &SM::lambd, "strength of the penalty on squared second derivatives").at_least(0);
  }
  constexpr bool supervised() const override { return false; }
  constexpr std::optional<AnyExpr> expr(const Model& given, const Data& data) const override {
    const EnergyModel* const model = energy_model("SM", given);
    if (!model) return {};
    const AnyExpr v = inputs_of(given, data), psi = model->score(v);
    const AnyExpr slope = model->score_slope(v, psi);
    AnyExpr each = .5 * square(psi) + slope;
    if (lambd != 0) each = each + setting("SM.lambd", lambd) * square(slope);
    return mean(each);
  }
};

}  // namespace ansatz
