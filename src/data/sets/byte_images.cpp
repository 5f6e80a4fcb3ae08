#include "byte_images.hpp"

#include <ansatz/data/sources.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace ansatz::data {

namespace {

const std::uint8_t* image_of(const ByteImages& all, std::int64_t which,
                             std::vector<std::uint8_t>& buffer) {
  const std::int64_t bytes = std::int64_t{all.rows} * all.columns * all.channels;
  for (const ByteBlock& block : all.blocks) {
    if (which < block.examples && block.read) {
      buffer.resize(static_cast<std::size_t>(bytes));
      block.read(which, buffer.data());
      return buffer.data();
    }
    if (which < block.examples) return block.pixels + which * bytes;
    which -= block.examples;
  }
  throw ValueError("an image that is not there");
}

float* add_image(const ByteImages& all, const std::uint8_t* image, float* to) {
  for (std::int64_t row = 0; row < all.rows; ++row)
    for (std::int64_t column = 0; column < all.columns; ++column)
      for (std::int64_t c = 0; c < all.channels; ++c) {
        const std::uint8_t byte =
            image[row * all.bytes.row + column * all.bytes.column + c * all.bytes.channel];
        *to++ = (static_cast<float>(byte) - all.subtract) / all.divide;
      }
  return to;
}

}  // namespace

ByteOrder planes(int rows, int columns) { return {columns, 1, std::int64_t{rows} * columns}; }
ByteOrder turned_planes(int rows, int columns) { return {1, rows, std::int64_t{rows} * columns}; }

std::int64_t ByteImages::images() const {
  if (!order.empty()) return std::ssize(order);
  return std::accumulate(blocks.begin(), blocks.end(), std::int64_t{0},
                         [](std::int64_t sum, const ByteBlock& b) { return sum + b.examples; });
}

void ByteImages::restrict(std::int64_t first, std::int64_t last) {
  const std::int64_t all = images();
  if (first == 0 && last == all) return;
  const auto part = [&](auto& values, std::int64_t each) {
    if (values.empty()) return;
    values.erase(values.begin() + last * each, values.end());
    values.erase(values.begin(), values.begin() + first * each);
  };
  if (order.empty()) {
    order.resize(static_cast<std::size_t>(all));
    std::iota(order.begin(), order.end(), 0);
  }
  part(order, 1);
  part(labels, 1);
  part(numbers, width);
}

std::shared_ptr<const BatchSource> source_of(ByteImages images) {
  const std::int64_t examples = images.images();
  const auto targets = static_cast<std::int64_t>(images.classes ? images.labels.size()
                                                 : images.width ? images.numbers.size()
                                                                : 0);
  if ((images.classes || images.width) &&
      targets != examples * std::max(images.width, std::int64_t{1}))
    throw ValueError(fmt::format("{}: {} images, but targets of {}", images.file, examples,
                                 targets / std::max(images.width, std::int64_t{1})));
  Pages pages;
  pages.columns.push_back(image_column("features", images.rows, images.columns, images.channels));
  if (images.classes) pages.columns.push_back(label_column("targets", images.classes));
  if (images.width) pages.columns.push_back(number_column("targets", {images.width}));
  if (!images.file.empty())
    for (Column& each : pages.columns)
      each.origin = std::make_shared<const Origin>(Origin{images.file, {}});
  pages.examples = examples;
  pages.facts = images.facts;
  const auto all = std::make_shared<const ByteImages>(std::move(images));
  pages.begin = [all]() -> RowsAt {
    return [all, buffer = std::vector<std::uint8_t>()](const Subset& wanted,
                                                       std::span<void* const> out) mutable {
      auto* pixels = static_cast<float*>(out[0]);
      for (std::int64_t i = 0; i < wanted.size; ++i) {
        const std::int64_t at = wanted[i];
        const std::int64_t which =
            all->order.empty() ? at : all->order[static_cast<std::size_t>(at)];
        pixels = add_image(*all, image_of(*all, which, buffer), pixels);
        if (all->classes)
          static_cast<std::int32_t*>(out[1])[i] = all->labels[static_cast<std::size_t>(at)];
        if (all->width)
          std::copy_n(all->numbers.begin() + at * all->width, all->width,
                      static_cast<float*>(out[1]) + i * all->width);
      }
    };
  };
  return paged(std::move(pages));
}

}  // namespace ansatz::data
