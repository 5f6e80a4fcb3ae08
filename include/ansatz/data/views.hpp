// The design matrix and the topological view of the same data, at any time.
#pragma once

#include <ansatz/data/source.hpp>
#include <ansatz/spaces/space_info.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace ansatz {

/// Numbers in row-major order.
struct ViewedArray {
  std::vector<std::int64_t> shape;
  std::vector<double> values;
};

/// Some examples of a source as rows [examples, numbers], those of images in the order of their
/// memory: pixel by pixel. Labels are numbers. NameError for a source that is not there; and what
/// reading throws.
ViewedArray design_matrix(const BatchSource& data, const Subset& which,
                          std::string_view source = "features");
/// The same as images, with axes in any order of b (examples), 0 (rows), 1 (columns) and c
/// (channels): Pylearn2's get_topological_view. ValueError for a source without images and for
/// other axes.
ViewedArray topological_view(const BatchSource& data, const Subset& which,
                             std::string_view axes = "b01c", std::string_view source = "features");

/// The same data, of which one source is seen as another Space of as many numbers: vectors as
/// images, images as vectors. Nothing is copied. ValueError for a Space of another size, and for
/// labels.
std::shared_ptr<const BatchSource> viewed_as(std::shared_ptr<const BatchSource> data,
                                             const std::string& source, const SpaceInfo& space);

}  // namespace ansatz
