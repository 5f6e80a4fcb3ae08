// Tanh: y = tanh(z), z = x W + b
#pragma once

#include <ansatz/model/layers/linear.hpp>
#include <ansatz/model/without_cost.hpp>

namespace ansatz {

/// A layer of hyperbolic tangents. It has no cost of its own.
template <int N = any>
class Tanh : public WithoutCost<Linear<N>> {
 public:
  static constexpr const char* yaml = "pylearn2.models.mlp.Tanh";
  static constexpr const char* doc = "layer of hyperbolic tangents";

  constexpr Tanh() = default;
  template <class D, KeyOf<Tanh>... O>
  constexpr Tanh(const char* name, D size, const O&... options)
      : WithoutCost<Linear<N>>(name, size) {
    give(*this, options...);
  }
  constexpr AnyExpr activation(const Place&, const AnyExpr& z) const override { return tanh(z); }
};
template <class D, class... O>
Tanh(const char*, D, O...) -> Tanh<ir::dim_of<D>()>;

}  // namespace ansatz
