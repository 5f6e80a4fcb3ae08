// Images that are kept as the bytes of their files, and become floats when a batch is read.
#pragma once

#include <ansatz/data/source.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ansatz::data {

/// How far neighbours are from each other among the bytes of an image.
struct ByteOrder {
  std::int64_t row = 0, column = 0, channel = 0;
};
/// One channel after the other, each row by row.
ByteOrder planes(int rows, int columns);
/// One channel after the other, each column by column, as MATLAB has them.
ByteOrder turned_planes(int rows, int columns);

/// Some images one after the other, in memory or in a file.
struct ByteBlock {
  const std::uint8_t* pixels = nullptr;
  std::int64_t examples = 0;
  std::shared_ptr<const void> owner = {};  ///< keeps them alive
  /// Where they are not in memory: puts one of them where the pointer says. Called by several.
  std::function<void(std::int64_t, std::uint8_t*)> read = {};
};

struct ByteImages {
  ByteImages(int r, int c, int of_each, const ByteOrder& order_of_bytes)
      : rows(r), columns(c), channels(of_each), bytes(order_of_bytes) {}

  int rows = 0, columns = 0, channels = 0;
  ByteOrder bytes;
  std::vector<ByteBlock> blocks;
  /// Which image of all blocks each example is; empty: all of them, in order.
  std::vector<std::int64_t> order;
  float subtract = 0, divide = 1;  ///< what is done to each byte, in this order
  /// Targets, one an example: labels below `classes`, or `width` numbers of each.
  std::vector<std::int32_t> labels;
  int classes = 0;
  std::vector<float> numbers;
  std::int64_t width = 0;
  std::string facts;  ///< see BatchSource::facts
  std::string file;   ///< for messages

  std::int64_t images() const;
  /// Examples first .. last - 1 of those there are.
  void restrict(std::int64_t first, std::int64_t last);
};

/// The examples, with random access. ValueError where targets are not as many as examples.
std::shared_ptr<const BatchSource> source_of(ByteImages images);

}  // namespace ansatz::data
