#include <ansatz/data/sets/random_sets.hpp>

#include <ansatz/data/image_axes.hpp>
#include <dsl/exceptions.hpp>

#include <dsl/in_quotes.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace ansatz {

namespace {

void check_size(const char* name, std::int64_t value, std::int64_t least = 1) {
  if (value < least) throw ValueError(fmt::format("{} {}: at least {}", name, value, least));
}

std::vector<double> normal_numbers(RandomState& rng, std::int64_t examples, std::int64_t width) {
  std::int64_t count = 0;
  if (__builtin_mul_overflow(examples, width, &count))
    throw ValueError(fmt::format("{} examples of {} numbers are too many", examples, width));
  std::vector<double> out(static_cast<std::size_t>(count));
  rng.randn(out);
  return out;
}

std::vector<double> one_hot_rows(RandomState& rng, std::int64_t examples, int classes) {
  std::vector<double> out(static_cast<std::size_t>(examples * classes));
  for (std::int64_t i = 0; i < examples; ++i)
    out[static_cast<std::size_t>(i * classes + rng.randint(classes))] = 1;
  return out;
}

}  // namespace

Table random_dense_design_matrix(RandomState& rng, std::int64_t num_examples, std::int64_t dim,
                                 int num_classes) {
  check_size("num_examples", num_examples, 0);
  check_size("dim", dim);
  check_size("num_classes", num_classes, 0);
  std::vector<Column> columns;
  columns.push_back(number_column("features", normal_numbers(rng, num_examples, dim), {dim}));
  if (num_classes > 0) {
    std::vector<std::int32_t> labels(static_cast<std::size_t>(num_examples));
    for (std::int32_t& label : labels) label = static_cast<std::int32_t>(rng.randint(num_classes));
    columns.push_back(label_column("targets", std::move(labels), num_classes));
  }
  return Table(std::move(columns));
}

Table random_one_hot_dense_design_matrix(RandomState& rng, std::int64_t num_examples,
                                         std::int64_t dim, int num_classes) {
  check_size("num_examples", num_examples, 0);
  check_size("dim", dim);
  check_size("num_classes", num_classes);
  Column features = number_column("features", normal_numbers(rng, num_examples, dim), {dim});
  return Table(
      {std::move(features),
       number_column("targets", one_hot_rows(rng, num_examples, num_classes), {num_classes})});
}

Table random_one_hot_topological_dense_design_matrix(RandomState& rng, std::int64_t num_examples,
                                                     std::pair<std::int64_t, std::int64_t> shape,
                                                     std::int64_t channels, std::string_view axes,
                                                     int num_classes) {
  check_size("num_examples", num_examples, 0);
  check_size("rows", shape.first);
  check_size("columns", shape.second);
  check_size("channels", channels);
  check_size("num_classes", num_classes);
  const ImageSizes sizes = {num_examples, shape.first, shape.second, channels};
  std::int64_t width = 1;
  for (std::size_t axis = 1; axis < sizes.size(); ++axis)
    if (__builtin_mul_overflow(width, sizes[axis], &width))
      throw ValueError("the images are too large");
  // Before anything is drawn; "" is no order here.
  (void)image_sizes(std::vector<std::int64_t>(4), axes.empty() ? "none" : axes);
  std::vector<double> pixels = as_b01c(normal_numbers(rng, num_examples, width), sizes, axes);
  Column features =
      image_column("features", std::move(pixels), shape.first, shape.second, channels);
  return Table(
      {std::move(features),
       number_column("targets", one_hot_rows(rng, num_examples, num_classes), {num_classes})});
}

Table random_dense_design_matrix_for_regression(RandomState& rng, std::int64_t num_examples,
                                                std::int64_t dim, std::int64_t reg_min,
                                                std::int64_t reg_max) {
  check_size("num_examples", num_examples, 0);
  check_size("dim", dim);
  if (reg_min >= reg_max)
    throw ValueError(
        fmt::format("reg_min {} and reg_max {}: the first must be less than the "
                    "second",
                    reg_min, reg_max));
  Column features = number_column("features", normal_numbers(rng, num_examples, dim), {dim});
  std::vector<double> targets(static_cast<std::size_t>(num_examples));
  for (double& target : targets) target = static_cast<double>(rng.randint(reg_min, reg_max));
  return Table({std::move(features), number_column("targets", std::move(targets), {1})});
}

Table arange_dataset(std::int64_t num_examples) {
  check_size("num_examples", num_examples, 0);
  std::vector<double> values(static_cast<std::size_t>(num_examples));
  std::iota(values.begin(), values.end(), 0.0);
  return Table({number_column("features", std::move(values), {1})});
}

}  // namespace ansatz
