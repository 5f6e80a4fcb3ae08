#include <ansatz/data/one_hot.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <dsl/in_quotes.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

OneHotMode one_hot_mode(std::string_view name) {
  if (name == "stack") return OneHotMode::stack;
  if (name == "concatenate") return OneHotMode::concatenate;
  if (name == "merge") return OneHotMode::merge;
  throw NameError(fmt::format("one-hot mode {} is unknown{}", in_quotes(name),
                              allowed_names(name, {"stack", "concatenate", "merge"})));
}

OneHotFormatter::OneHotFormatter(int max_labels) : max_labels_(max_labels) {
  if (max_labels < 1) throw ValueError(fmt::format("max_labels {}: at least 1", max_labels));
}

template <class E>
OneHotArray<E> OneHotFormatter::format(std::span<const std::int32_t> labels, std::int64_t examples,
                                       std::int64_t count, OneHotMode mode) const {
  std::int64_t all = 0, elements = 0;
  if (examples < 0 || count < 0 || __builtin_mul_overflow(examples, count, &all) ||
      all != std::ssize(labels))
    throw ValueError(fmt::format("{} labels, where {} examples of {} are expected", labels.size(),
                                 examples, count));
  const bool merge = mode == OneHotMode::merge;
  OneHotArray<E> out;
  if (mode == OneHotMode::stack) out.shape = {examples, count, max_labels_};
  if (mode == OneHotMode::concatenate) out.shape = {examples, count * max_labels_};
  if (merge) out.shape = {examples, max_labels_};
  if (__builtin_mul_overflow(merge ? examples : all, std::int64_t{max_labels_}, &elements))
    throw ValueError(fmt::format("{} rows of {} are too many", all, max_labels_));
  out.values.resize(static_cast<std::size_t>(elements));
  for (std::int64_t i = 0; i < all; ++i) {
    const std::int32_t label = labels[static_cast<std::size_t>(i)];
    if (label < 0 || label >= max_labels_)
      throw ValueError(fmt::format("label {} in example {}; allowed are 0 to {}", label, i / count,
                                   max_labels_ - 1));
    const std::int64_t row = merge ? i / count : i;
    out.values[static_cast<std::size_t>(row * max_labels_ + label)] = 1;
  }
  return out;
}

template <class E>
OneHotArray<E> OneHotFormatter::format(std::span<const std::int32_t> labels,
                                       OneHotMode mode) const {
  OneHotArray<E> out = format<E>(labels, 1, std::ssize(labels), mode);
  out.shape.erase(out.shape.begin());
  return out;
}

template <class E>
OneHotArray<E> convert_to_one_hot(std::span<const std::int32_t> labels, int max_labels,
                                  OneHotMode mode) {
  if (max_labels == 0) {
    if (labels.empty()) throw ValueError("one-hot rows of no labels need max_labels");
    const std::int32_t largest = *std::max_element(labels.begin(), labels.end());
    if (largest == INT32_MAX) throw ValueError(fmt::format("label {} is too large", largest));
    max_labels = std::max(largest, 0) + 1;
  }
  return OneHotFormatter(max_labels).format<E>(labels, mode);
}

template <class E>
CompressedOneHot<E> compressed_one_hot(std::span<const std::int32_t> labels, bool simplify_binary,
                                       OneHotMode mode) {
  if (labels.empty()) throw ValueError("compressed one-hot rows of no labels");
  CompressedOneHot<E> out;
  out.classes.assign(labels.begin(), labels.end());
  std::sort(out.classes.begin(), out.classes.end());
  out.classes.erase(std::unique(out.classes.begin(), out.classes.end()), out.classes.end());
  std::vector<std::int32_t> columns;
  for (const std::int32_t label : labels)
    columns.push_back(static_cast<std::int32_t>(
        std::lower_bound(out.classes.begin(), out.classes.end(), label) - out.classes.begin()));
  if (simplify_binary && out.classes.size() == 2) {
    out.rows.shape = {std::ssize(labels), 1};
    out.rows.values.assign(columns.begin(), columns.end());
  } else {
    out.rows = convert_to_one_hot<E>(columns, static_cast<int>(out.classes.size()), mode);
  }
  return out;
}

// A macro, since an explicit instantiation cannot be a loop over types.
#define ANSATZ_INSTANTIATE(E)                                                                  \
  template OneHotArray<E> OneHotFormatter::format(std::span<const std::int32_t>, OneHotMode)   \
      const;                                                                                   \
  template OneHotArray<E> OneHotFormatter::format(std::span<const std::int32_t>, std::int64_t, \
                                                  std::int64_t, OneHotMode) const;             \
  template OneHotArray<E> convert_to_one_hot(std::span<const std::int32_t>, int, OneHotMode);  \
  template CompressedOneHot<E> compressed_one_hot(std::span<const std::int32_t>, bool, OneHotMode);
ANSATZ_INSTANTIATE(float)
ANSATZ_INSTANTIATE(double)
ANSATZ_INSTANTIATE(std::int32_t)

}  // namespace ansatz
