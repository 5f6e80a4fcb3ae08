// The graph in the language of Graphviz.
#pragma once

#include <string>

#include <dsl/ir/graph.hpp>

namespace ansatz::explaining {

/// A digraph: nodes coloured by kind, a box around the nodes of each fused loop, shapes on edges.
std::string dot_text(const ir::Graph& optimized);

}  // namespace ansatz::explaining
