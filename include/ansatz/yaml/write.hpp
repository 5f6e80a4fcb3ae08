// Writes a tree as YAML.
#pragma once

#include <ansatz/yaml/node.hpp>

namespace ansatz::yaml {

/// Canonical text: block style, two spaces a level, strings that need it in double quotes. A node
/// reached more than once has an anchor (its own name where that is free, else id001, …) and
/// aliases. Reading the text gives the same tree, here and in PyYAML.
std::string to_yaml(const Node& node);

}  // namespace ansatz::yaml
