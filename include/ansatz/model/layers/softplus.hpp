// Softplus: y = log(1 + e^z), z = x W + b
#pragma once

#include <ansatz/model/layers/linear.hpp>
#include <ansatz/model/without_cost.hpp>

namespace ansatz {

/// A layer of smooth rectifiers (Dugas et al. 2001). It has no cost of its own.
template <int N = any>
class Softplus : public WithoutCost<Linear<N>> {
 public:
  static constexpr const char* yaml = "pylearn2.models.mlp.Softplus";
  static constexpr const char* doc = "layer of softplus units: log(1 + e^z)";

  constexpr Softplus() = default;
  template <class D, KeyOf<Softplus>... O>
  constexpr Softplus(const char* name, D size, const O&... options)
      : WithoutCost<Linear<N>>(name, size) {
    give(*this, options...);
  }
  constexpr AnyExpr activation(const Place&, const AnyExpr& z) const override {
    return softplus(z);
  }
};
template <class D, class... O>
Softplus(const char*, D, O...) -> Softplus<ir::dim_of<D>()>;

}  // namespace ansatz
