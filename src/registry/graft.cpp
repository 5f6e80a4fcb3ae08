#include "graft.hpp"

#include <ansatz/registry/registry.hpp>

#include <algorithm>

namespace ansatz {

bool has_pickle(const yaml::Node& tree, const std::function<bool(const yaml::Node&)>& wanted) {
  if (yaml::is_pickle(tree)) return wanted(tree);
  return std::any_of(tree.children.begin(), tree.children.end(),
                     [&](const yaml::Child& child) { return has_pickle(*child.node, wanted); });
}

bool needs_more(const yaml::Node& tree) {
  if (yaml::is_pickle(tree) || tree.text.find("${") != tree.text.npos) return true;
  return std::any_of(tree.children.begin(), tree.children.end(),
                     [](const yaml::Child& child) { return needs_more(*child.node); });
}

// Only the parts that hold a pickle are exchanged: all others keep their places in the job's text,
// which messages show.
bool graft(yaml::Node& tree, const yaml::Node& made,
           const std::function<bool(const yaml::Node&)>& wanted) {
  if (!has_pickle(tree, wanted)) return true;
  const auto class_of = [](const yaml::Node& node) {
    const std::string_view name = yaml::object_name(node);
    return name.empty() ? nullptr : registry().find(name);
  };
  const bool alike =
      !yaml::is_pickle(tree) && tree.kind == made.kind && !tree.children.empty() &&
      class_of(tree) == class_of(made) &&
      (tree.kind == yaml::Kind::mapping || tree.children.size() == made.children.size());
  if (!alike) return false;
  for (std::size_t i = 0; i < tree.children.size(); ++i) {
    yaml::Child& child = tree.children[i];
    const yaml::Child* const other =
        tree.kind == yaml::Kind::mapping ? made.find(child.key) : &made.children[i];
    if (other && !graft(*child.node, *other->node, wanted)) *child.node = *other->node;
  }
  return true;
}

}  // namespace ansatz
