// Inputs: what the sources of a CompositeSpace become, a tuple of expressions.
#pragma once

#include <utility>

#include <dsl/expr.hpp>

namespace ansatz {

template <class... Component>
class Inputs;

namespace ir {

template <std::size_t I, class T>
struct Component {
  T value;
};
template <std::size_t I, class T>
constexpr T component(const Component<I, T>& c) {
  return c.value;
}

template <class Ints, class... Named>
struct Components;
template <std::size_t... I, class... Named>
struct Components<std::index_sequence<I...>, Named...> : Component<I, typename Named::type>... {
  constexpr Components(const typename Named::type&... value)
      : Component<I, typename Named::type>{value}... {}
};

/// What the source called Name became: an expression, or the Inputs of a Space of several.
template <Text Name, class T>
struct Named {
  using type = T;
  static constexpr const char* name = Name.text;
};

constexpr bool same_text(const char* a, const char* b) {
  for (; *a && *a == *b; ++a) ++b;
  return *a == *b;
}

}  // namespace ir

/// The inputs of a CompositeSpace, in the order of its sources: a tuple that structured bindings
/// take apart. `in.get<"targets">()` is the input of one source.
template <class... Component>
class Inputs : ir::Components<std::index_sequence_for<Component...>, Component...> {
 public:
  using ir::Components<std::index_sequence_for<Component...>, Component...>::Components;
  static constexpr int count = sizeof...(Component);

  template <std::size_t I>
  constexpr auto get() const {
    return ir::component<I>(*this);
  }
  template <Text Name>
    requires(ir::same_text(Name.text, Component::name) || ...)
  constexpr auto get() const {
    constexpr std::size_t index = [] {
      std::size_t i = 0;
      (void)((ir::same_text(Name.text, Component::name) || (++i, false)) || ...);
      return i;
    }();
    return ir::component<index>(*this);
  }
};

namespace ir {

template <class S, class E>
struct InputsOf {
  using type = Expr<Batch<S, E>>;
  static constexpr bool sizes_known = ir::sizes_known<S>();
  static constexpr type make(const char* name, const S& space) { return input<S, E>(name, space); }
};
template <class E>
struct InputsOf<NullSpace, E> {
  using type = Inputs<>;
  static constexpr bool sizes_known = true;
  static constexpr type make(const char*, NullSpace) { return type(); }
};
template <Text... Name, class... S, class E>
struct InputsOf<CompositeSpace<Source<Name, S>...>, E> {
  using type = Inputs<Named<Name, typename InputsOf<S, E>::type>...>;
  static constexpr bool sizes_known = (InputsOf<S, E>::sizes_known && ...);
  static constexpr type make(const char*, const CompositeSpace<Source<Name, S>...>& space) {
    return type(
        InputsOf<S, E>::make(Name.text, static_cast<const Source<Name, S>&>(space).object)...);
  }
};

}  // namespace ir

}  // namespace ansatz

template <class... Component>
struct std::tuple_size<ansatz::Inputs<Component...>>
    : std::integral_constant<std::size_t, sizeof...(Component)> {};
template <std::size_t I, class... Component>
struct std::tuple_element<I, ansatz::Inputs<Component...>> {
  using type = decltype(std::declval<ansatz::Inputs<Component...>>().template get<I>());
};
