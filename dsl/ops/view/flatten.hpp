// y = x with its features in one row (no op of its own: see view.hpp)
#pragma once

#include <dsl/ops/view/reshape.hpp>

namespace ansatz {
namespace ir {

template <class X>
consteval int feature_count() {
  Shape features;
  for (int k = X::known.batched(); k < X::known.rank; ++k) features[features.rank++] = X::known[k];
  return static_cast<int>(fixed_size(features));
}

template <class X>
consteval bool flattens() {
  if constexpr (any_unknown<X>)
    return true;
  else
    return X::dtype == DType::real && !has_inner_extent<X::known>();
}

template <class X>
struct Flattened {
  using type = AnySpace;
};
// A row already keeps its Space, and with it the name its user gave it.
template <class X>
  requires(!any_unknown<X> && flattens<X>())
struct Flattened<X> {
  using type = std::conditional_t<X::known.rank - X::known.batched() == 1, X,
                                  in_batch_of<VectorSpace<feature_count<X>()>, X>>;
};

}  // namespace ir

/// What must hold for flatten: numbers, whose batch, if any, is the outermost axis.
template <class X>
concept HasFeatures = ir::flattens<X>();

/// All features of each example in one row, the last axis fastest: a batch of images [b, r, c, k]
/// becomes [b, r c k], a value without a batch becomes one vector.
template <class X>
constexpr Expr<typename ir::Flattened<X>::type> flatten(const Expr<X>& x,
                                                        ir::CallSite at = ir::CallSite::here()) {
  return Expr<typename ir::Flattened<X>::type>(
      ir::reshape_features(x.value(), ir::make_shape(any), at));
}
template <class X>
  requires(!HasFeatures<X>)
constexpr Refused<HasFeatures<X>> flatten(const Expr<X>&, ir::CallSite = {}) = delete;

}  // namespace ansatz
