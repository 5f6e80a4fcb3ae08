// Linear: y = x W + b
#pragma once

#include <ansatz/model/layers/dense.hpp>

namespace ansatz {

/// An affine layer. Its cost is the mean over the batch of sum_j (t_j - y_j)^2, or of absolute
/// values with use_abs_loss. `Linear("h0", 500_c, irange(.05))`: the size is part of the type, or,
/// given as 500, of the object.
template <int N = any>
class Linear : public Dense {
 public:
  static constexpr const char* yaml = "pylearn2.models.mlp.Linear";
  static constexpr const char* doc = "affine layer: y = x W + b";
  /// The Space of the outputs, without copy_input.
  template <class>
  using output_type = VectorSpace<N>;
  Size<N> dim;

  constexpr Linear() = default;
  template <class D, KeyOf<Linear>... O>
  constexpr Linear(const char* name, D size, const O&... options) : dim(size) {
    layer_name = name;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    Dense::keys(key);
    key.required("dim", &Linear::dim, "number of outputs").at_least(1);
  }

  constexpr int units() const override { return dim; }
  constexpr AnyExpr activation(const Place&, const AnyExpr& z) const override { return z; }
};
template <class D, class... O>
Linear(const char*, D, O...) -> Linear<ir::dim_of<D>()>;

}  // namespace ansatz
