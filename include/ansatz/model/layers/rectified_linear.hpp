// RectifiedLinear: y = z where z > 0, left_slope z elsewhere; z = x W + b
#pragma once

#include <ansatz/model/layers/linear.hpp>
#include <ansatz/model/without_cost.hpp>

namespace ansatz {

/// A layer of rectifiers (Jarrett et al. 2009; Nair and Hinton 2010; with a slope: Maas et al.
/// 2013). The derivative at exactly 0 is left_slope.
template <int N = any>
class RectifiedLinear : public WithoutCost<Linear<N>> {
 public:
  static constexpr const char* yaml = "pylearn2.models.mlp.RectifiedLinear";
  static constexpr const char* doc = "layer of rectifiers";
  double left_slope = 0;

  constexpr RectifiedLinear() = default;
  template <class D, KeyOf<RectifiedLinear>... O>
  constexpr RectifiedLinear(const char* name, D size, const O&... options)
      : WithoutCost<Linear<N>>(name, size) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    Linear<N>::keys(key);
    key("left_slope", &RectifiedLinear::left_slope, "slope where z < 0");
  }

  constexpr AnyExpr activation(const Place& at, const AnyExpr& z) const override {
    if (left_slope == 0) return relu(z);
    return relu(z, this->setting(at, "left_slope", left_slope));
  }
};
template <class D, class... O>
RectifiedLinear(const char*, D, O...) -> RectifiedLinear<ir::dim_of<D>()>;

}  // namespace ansatz
