// Runs a function in two ways and compares everything that leaves it.
#pragma once

#include <optional>
#include <string>

#include <dsl/build.hpp>
#include <dsl/program.hpp>

#include "reference.hpp"

namespace fuzz {

/// What leaves a function: outputs by name, and new values as "after/NAME".
using Outcome = std::map<std::string, Tensor>;

/// Values in [-1, 1], exact in float, for all leaves of the graph.
Environment environment_of(const ansatz::ir::Graph& g, long examples, long chains,
                           std::uint64_t seed);

/// What the graph's roots are worth.
Outcome outcome_of(const ansatz::ir::Graph& g, const Environment& environment);

/// What a call of the program gives; its store is filled first.
template <class T>
Outcome outcome_of(ansatz::Program<T>& program, const Environment& environment);
extern template Outcome outcome_of(ansatz::Program<float>&, const Environment&);
extern template Outcome outcome_of(ansatz::Program<double>&, const Environment&);

/// Nothing when `found` is `expected` within the tolerance, relative to the largest magnitude of
/// each array and 1; otherwise what differs. Values that are not finite must be so in both.
std::optional<std::string> difference(const Outcome& found, const Outcome& expected,
                                      double tolerance);

/// Every node with its operands, for messages.
std::string text_of(const ansatz::ir::Graph& g);

}  // namespace fuzz
