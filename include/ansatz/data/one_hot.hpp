// One-hot rows from labels, as arrays.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace ansatz {

/// What becomes of an example's one-hot rows when it has several labels.
enum class OneHotMode {
  stack,        ///< they are rows of a matrix: [examples, count, max_labels]
  concatenate,  ///< they stand one after the other: [examples, count * max_labels]
  merge         ///< one row has a 1 for each label: [examples, max_labels]
};

/// The mode of that name. NameError if there is none.
OneHotMode one_hot_mode(std::string_view name);

/// A row-major array.
template <class E>
struct OneHotArray {
  std::vector<std::int64_t> shape;
  std::vector<E> values;
};

/// Pylearn2's OneHotFormatter. E is float, double or std::int32_t. Unlike there, axes of size 1
/// are kept, so that the rank of a result does not depend on the number of examples, and a label
/// that an example has twice gives 1 when merged, as its documentation says.
class OneHotFormatter {
 public:
  /// Labels are 0 to max_labels - 1. ValueError if max_labels is less than 1.
  explicit OneHotFormatter(int max_labels);

  /// The labels [count] of one example, without an axis for examples: [count, max_labels],
  /// [count * max_labels] or [max_labels]. ValueError for a label out of range.
  template <class E = float>
  OneHotArray<E> format(std::span<const std::int32_t> labels,
                        OneHotMode mode = OneHotMode::stack) const;
  /// The labels [examples, count] of several examples. ValueError also if `labels` has not as many
  /// elements.
  template <class E = float>
  OneHotArray<E> format(std::span<const std::int32_t> labels, std::int64_t examples,
                        std::int64_t count, OneHotMode mode = OneHotMode::stack) const;

 private:
  int max_labels_;
};

/// The one-hot rows of labels [n] by a formatter for `max_labels`; 0: the largest label plus one.
/// ValueError as of `format`, and for no labels without max_labels.
template <class E = float>
OneHotArray<E> convert_to_one_hot(std::span<const std::int32_t> labels, int max_labels = 0,
                                  OneHotMode mode = OneHotMode::stack);

/// One-hot rows that only have columns for labels that occur, in their order.
template <class E>
struct CompressedOneHot {
  OneHotArray<E> rows;
  std::vector<std::int32_t> classes;  ///< the label of each column
};

/// One-hot rows of labels [n], which may be any integers, in the columns of those that occur. With
/// simplify_binary two classes share one column [n, 1]: 0 for the lesser, 1 for the greater.
/// ValueError for no labels.
template <class E = float>
CompressedOneHot<E> compressed_one_hot(std::span<const std::int32_t> labels,
                                       bool simplify_binary = true,
                                       OneHotMode mode = OneHotMode::stack);

}  // namespace ansatz
