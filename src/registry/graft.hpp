// Models that a job takes from files: finding them in its tree, and putting others in their place.
#pragma once

#include <ansatz/yaml/node.hpp>

#include <functional>

namespace ansatz {

/// Whether a `!pkl:` for which `wanted` holds is in the tree.
bool has_pickle(const yaml::Node& tree, const std::function<bool(const yaml::Node&)>& wanted);

/// Whether the tree needs more than itself: model files, or ${NAME}s.
bool needs_more(const yaml::Node& tree);

/// Puts what stands in the same place of `made`, which is a model that was made of `tree`, into the
/// place of every `!pkl:` for which `wanted` holds, or of the object or function around it whose
/// class is another. False, and nothing has changed, where that would be all of the tree.
bool graft(yaml::Node& tree, const yaml::Node& made,
           const std::function<bool(const yaml::Node&)>& wanted);

}  // namespace ansatz
