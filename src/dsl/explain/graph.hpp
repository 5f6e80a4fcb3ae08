// The graph in words.
#pragma once

#include <string>

#include "text.hpp"

namespace ansatz::explaining {

/// "sum(%4, axis=1)", "%3 @ W.T"; operands are %numbers, names of leaves, or literals.
std::string node_text(const ir::Graph& g, int id, const Extents& extents);
/// How a node is referred to: its name, its number as a literal, or "%12".
Phrase node_name(const ir::Graph& g, int id, const Extents& extents);
/// Whether a node is referred to by what it is, and has no line of its own.
bool is_named(const ir::Graph& g, int id);

/// A line a node that some root needs, then the roots.
std::string graph_text(const ir::Graph& g);
/// Nodes that have a line.
int graph_size(const ir::Graph& g);

/// A table of inputs, parameters, state and named scalars.
std::string leaves_text(const ir::Graph& g);
std::string leaves_text(const ir::PlanView& plan);

}  // namespace ansatz::explaining
