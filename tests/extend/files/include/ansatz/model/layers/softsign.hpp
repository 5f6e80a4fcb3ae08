// Softsign: y = z / (width + |z|), z = x W + b
#pragma once

#include <ansatz/model/layers/linear.hpp>
#include <ansatz/model/without_cost.hpp>
#include <dsl/ops/activation/softsign.hpp>

namespace ansatz {

/// A layer of softsign units (Bergstra et al. 2009). It has no cost of its own.
template <int N = any>
class Softsign : public WithoutCost<Linear<N>> {
 public:
  static constexpr const char* yaml = "ansatz.models.mlp.Softsign";
  static constexpr const char* doc = "layer of softsign units: z / (width + |z|)";
  double softsign_width = 1;

  constexpr Softsign() = default;
  template <class D, KeyOf<Softsign>... O>
  constexpr Softsign(const char* name, D size, const O&... options)
      : WithoutCost<Linear<N>>(name, size) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    Linear<N>::keys(key);
    key("softsign_width", &Softsign::softsign_width, "where a unit is at half of its limit")
        .above(0);
  }
  constexpr AnyExpr activation(const Place&, const AnyExpr& z) const override {
    return softsign(z / softsign_width);
  }
};
template <class D, class... O>
Softsign(const char*, D, O...) -> Softsign<ir::dim_of<D>()>;

}  // namespace ansatz
