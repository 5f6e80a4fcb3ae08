// From libyaml's events to a tree.
#pragma once

#include "text.hpp"

#include <ansatz/yaml/read.hpp>

namespace ansatz::yaml {

/// Builds the tree of the one document in `text`. `path` is what the paths in errors begin with.
/// Null, with an error, when there is no tree.
NodePtr build(const Text& text, const Limits& limits, Errors& errors, const std::string& path = "");

/// Complains if the tag of `node` is unknown, or if `node` is not what the tag needs.
void check_tag(const Node& node, const std::string& path, Errors& errors);

/// Where libyaml's parser stopped.
struct SyntaxFault {
  std::string_view problem, context;  ///< as it says them
  std::string_view text;
  std::size_t at = 0;  ///< in the text
  Kind open;           ///< of the innermost collection that is not closed yet; null: there is none
  Position begin;      ///< where that begins
  bool flow = false;   ///< whether it is in brackets
  std::size_t depth = 0;  ///< how many are open
};
/// What is wrong, with a repair.
std::string explain_syntax(const SyntaxFault& fault);

}  // namespace ansatz::yaml
