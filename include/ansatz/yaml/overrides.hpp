// Values of a job replaced from the command line.
#pragma once

#include <ansatz/yaml/errors.hpp>

namespace ansatz::yaml {

/// Applies "path=value" to the tree, in the order given.
///
///     algorithm.learning_rate=.05
///     model.layers[0].dim=100              [-1] is the last
///     model.layers.h0.dim=100              the item whose layer_name is h0
///     extensions.MomentumAdjustor.start=2  the only item of that class
///     algorithm.monitoring_dataset["a.b"].stop=10
///
/// The value is read as YAML. What stands at the path is replaced: at an anchor for all its
/// aliases, at an alias there alone. A key that its mapping lacks is added; whether the class has
/// such a key is found out later. Paths that lead nowhere, and values that are not YAML, are
/// added to `errors`.
void apply_overrides(NodePtr& root, const std::vector<std::string>& overrides, Errors& errors);

}  // namespace ansatz::yaml
