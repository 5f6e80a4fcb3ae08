// What the random ops share (no op)
//
// A random leaf is a site of its own: two calls are never one node. Its numbers are keyed by the
// program's seed, the site, the call, the example and the unit (Philox 4x32-10, Salmon et al.
// 2011), so they depend on neither threads nor order. Samples have no derivative.
#pragma once

#include <dsl/expr.hpp>

namespace ansatz {
namespace ir {

constexpr Value make_random(const Shape& shape, int distribution, const char* extent) {
  Attr attr;
  attr.i[1] = distribution;
  return make_leaf(info_of<ops::RandomSite>, shape, DType::real, nullptr, attr, extent);
}

template <class S>
constexpr const char* batch_extent() {
  if constexpr (requires { S::extent::name; })
    return S::extent::name;
  else
    return nullptr;
}

template <class S>
constexpr const char* batch_extent_of(const Expr<S>& x) {
  const char* known = batch_extent<S>();
  return known ? known : extent_name_of(x.value());
}

template <class S>
struct RandomLikeSpace {
  using type = space_from<S::known, S>;
};
template <class S>
  requires is_any_space<S>
struct RandomLikeSpace<S> {
  using type = AnySpace;
};

}  // namespace ir

/// The type of random numbers of the shape of an Expr<S>.
template <class S>
using RandomLike = Expr<typename ir::RandomLikeSpace<S>::type>;

}  // namespace ansatz
