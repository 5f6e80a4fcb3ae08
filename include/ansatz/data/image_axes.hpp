// Images whose axes are in another order than in memory.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace ansatz {

/// Sizes of the axes b (examples), 0 (rows), 1 (columns) and c (channels), in this order.
using ImageSizes = std::array<std::int64_t, 4>;

/// The sizes of an array whose axes are in the order `axes`, such as "c01b"; "" is "b01c".
/// ValueError for another order than one of these four, each once.
ImageSizes image_sizes(const std::vector<std::int64_t>& shape, std::string_view axes);

/// The numbers of such an array in the order b01c.
std::vector<double> as_b01c(std::vector<double> values, const ImageSizes& sizes,
                            std::string_view axes);

/// The other way: numbers in the order b01c brought into the order `axes`.
std::vector<double> from_b01c(std::vector<double> values, const ImageSizes& sizes,
                              std::string_view axes);
/// The sizes in the order `axes`.
std::vector<std::int64_t> image_shape(const ImageSizes& sizes, std::string_view axes);

}  // namespace ansatz
