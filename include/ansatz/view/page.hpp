// Runs as one page for a browser.
#pragma once

#include <ansatz/serial/model_file.hpp>

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

}  // namespace ansatz
