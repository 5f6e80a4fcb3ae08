// inputs<CompositeSpace<…>>(): an input for each data source.
#pragma once

#include <dsl/composite_inputs.hpp>

namespace ansatz {

/// What must hold for inputs whose Space is only named: its type says all sizes.
template <class S>
concept AllSizesKnown = ir::InputsOf<S, examples>::sizes_known;

/// An input for each source of a CompositeSpace, under the source's name:
///
///     using Data = CompositeSpace<Source<"features", Pixels>, Source<"targets", IndexSpace<10>>>;
///     auto [x, y] = inputs<Data>();
///
/// A CompositeSpace inside another gives Inputs of its own at its place; NullSpace gives Inputs<>,
/// which are none. E is the extent of the batch.
template <class S, class E = examples>
constexpr typename ir::InputsOf<S, E>::type inputs(const S& space) {
  return ir::InputsOf<S, E>::make("", space);
}
template <class S, class E = examples>
constexpr typename ir::InputsOf<S, E>::type inputs() {
  return inputs<S, E>(S());
}
template <class S, class E = examples>
  requires(!AllSizesKnown<S>)
constexpr Refused<AllSizesKnown<S>, typename ir::InputsOf<S, E>::type> inputs() = delete;

}  // namespace ansatz
