#include <ansatz/data/image_axes.hpp>

#include <ansatz/base/shown.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

namespace {

constexpr std::string_view axes_in_memory = "b01c";

std::string_view checked(std::string_view axes) {
  if (axes.empty()) return axes_in_memory;
  if (!std::is_permutation(axes.begin(), axes.end(), axes_in_memory.begin(), axes_in_memory.end()))
    throw ValueError(fmt::format("axes '{}': allowed are b, 0, 1 and c in any order, such as b01c",
                                 shown(axes)));
  return axes;
}

}  // namespace

ImageSizes image_sizes(const std::vector<std::int64_t>& shape, std::string_view axes) {
  axes = checked(axes);
  if (shape.size() != axes_in_memory.size())
    throw ShapeError(fmt::format("images of {} dimensions; 4 are needed: {}", shape.size(), axes));
  ImageSizes sizes{};
  for (std::size_t place = 0; place < sizes.size(); ++place)
    sizes[axes_in_memory.find(axes[place])] = shape[place];
  return sizes;
}

namespace {

// Calls `use(i, k)` with the place i of each number in the order b01c, and k in the order `axes`.
template <class Use>
void each_place(const ImageSizes& sizes, std::string_view axes, Use use) {
  ImageSizes strides{};  // of the axes b01c among numbers in the order `axes`
  std::int64_t stride = 1;
  for (std::size_t place = axes.size(); place-- > 0;) {
    const std::size_t axis = axes_in_memory.find(axes[place]);
    strides[axis] = stride;
    stride *= sizes[axis];
  }
  std::size_t i = 0;
  for (std::int64_t b = 0; b < sizes[0]; ++b)
    for (std::int64_t row = 0; row < sizes[1]; ++row)
      for (std::int64_t column = 0; column < sizes[2]; ++column)
        for (std::int64_t c = 0; c < sizes[3]; ++c)
          use(i++, static_cast<std::size_t>(b * strides[0] + row * strides[1] +
                                            column * strides[2] + c * strides[3]));
}

}  // namespace

std::vector<double> as_b01c(std::vector<double> values, const ImageSizes& sizes,
                            std::string_view axes) {
  axes = checked(axes);
  if (axes == axes_in_memory) return values;
  std::vector<double> turned(values.size());
  each_place(sizes, axes, [&](std::size_t i, std::size_t k) { turned[i] = values[k]; });
  return turned;
}

std::vector<double> from_b01c(std::vector<double> values, const ImageSizes& sizes,
                              std::string_view axes) {
  axes = checked(axes);
  if (axes == axes_in_memory) return values;
  std::vector<double> turned(values.size());
  each_place(sizes, axes, [&](std::size_t i, std::size_t k) { turned[k] = values[i]; });
  return turned;
}

std::vector<std::int64_t> image_shape(const ImageSizes& sizes, std::string_view axes) {
  std::vector<std::int64_t> shape;
  for (const char axis : checked(axes)) shape.push_back(sizes[axes_in_memory.find(axis)]);
  return shape;
}

}  // namespace ansatz
