// Runs, and weights, as one page for a browser.
#pragma once

#include <ansatz/serial/model_file.hpp>
#include <ansatz/view/weights.hpp>

#include <string>
#include <utility>
#include <vector>

namespace ansatz {

/// A page in HTML that needs nothing beside itself: curves of all channels, with zoom and the
/// values under the pointer, by epochs, examples, batches or seconds; a table of the runs with what
/// differs between their jobs; of each run its job, data and environment, and its weights as
/// pictures where they are images. Light or dark, as the reader's system is. Nothing of the files'
/// text is markup there.
/// @param runs  each with the path that it is named by
/// @throws ValueError without runs; FileError where the library was built without dygraphs
std::string page_of_runs(const std::vector<std::pair<std::string, const ModelFile*>>& runs);

/// Weights of a layer, or of a preprocessor, by name.
struct NamedWeights {
  std::string name;
  WeightImages weights;
};

/// A page to browse weights, as browse_conv_weights.py of Pylearn2 shows them: of each layer an
/// image a unit, or a row a unit with an image a channel; what white is, the order and the size are
/// chosen there, and the numbers of an image appear below the pointer. As large as 5.4 bytes a
/// weight.
/// @throws ValueError without layers, and for more than 25 million weights
std::string page_of_weights(const std::string& title, const std::vector<NamedWeights>& layers);

}  // namespace ansatz
