// From yaml-cpp's events to a tree.
#pragma once

#include "text.hpp"

#include <ansatz/yaml/read.hpp>

namespace ansatz::yaml {

/// Builds the tree of the one document in `text`. `path` is what the paths in errors begin with.
/// Null, with an error, when there is no tree.
NodePtr build(const Text& text, const Limits& limits, Errors& errors, const std::string& path = "");

/// Complains if the tag of `node` is unknown, or if `node` is not what the tag needs.
void check_tag(const Node& node, const std::string& path, Errors& errors);

/// What yaml-cpp's message `what` means, with a repair. `open` is the kind of the innermost
/// collection that is not closed yet, null if there is none, `begin` where it begins.
std::string explain_syntax(std::string_view what, Kind open, const Position& begin);

}  // namespace ansatz::yaml
