// The types of an MLP: which of its arguments are layers, and what Space comes out.
#pragma once

#include <ansatz/job/layer.hpp>

#include <boost/hana/integral_constant.hpp>

namespace ansatz {

/// 784_c: a size known to the compiler.
using namespace boost::hana::literals;

class MLPBase;

namespace mlp {

/// The types of layers, from the input up.
template <class... L>
struct Layers {};

template <class T>
inline constexpr bool is_layer = std::is_base_of_v<Layer, T> || std::is_base_of_v<MLPBase, T>;

template <class Found, class... Part>
struct Among {
  using type = Found;
};
template <class... L, class P, class... More>
struct Among<Layers<L...>, P, More...>
    : Among<std::conditional_t<is_layer<P>, Layers<L..., P>, Layers<L...>>, More...> {};

// The Space of what layer L makes of Space In, as far as L's type says it.
template <class In, class L>
struct OutputOf {
  using type = AnySpace;
};
template <class In, class L>
  requires requires { typename L::template output_type<In>; }
struct OutputOf<In, L> {
  using type = typename L::template output_type<In>;
};

template <class In, class Layers>
struct OutputOfAll;
template <class In>
struct OutputOfAll<In, Layers<>> {
  using type = In;
};
template <class In, class L, class... More>
struct OutputOfAll<In, Layers<L, More...>>
    : OutputOfAll<typename OutputOf<In, L>::type, Layers<More...>> {};

/// Those of the types that are layers.
template <class... Part>
using layers_among = typename Among<Layers<>, Part...>::type;

template <class In, class All>
using output_of = typename OutputOfAll<In, All>::type;

}  // namespace mlp
}  // namespace ansatz
