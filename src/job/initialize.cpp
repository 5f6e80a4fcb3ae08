#include <ansatz/job/initialize.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <cmath>

namespace ansatz {

namespace {

std::vector<double> zeros(std::int64_t rows, std::int64_t columns) {
  std::int64_t count = 0;
  if (rows < 0 || columns < 0 || __builtin_mul_overflow(rows, columns, &count))
    throw ValueError(fmt::format("a weight matrix of {} rows and {} columns", rows, columns));
  return std::vector<double>(static_cast<std::size_t>(count));
}

void check_size(const char* name, double value) {
  if (!(value >= 0) || !std::isfinite(value))
    throw ValueError(fmt::format("{} {}: a finite number, at least 0", name, value));
}

// 0 where there is nothing to draw anyway.
double spread(double numerator, std::int64_t units) {
  return units > 0 ? std::sqrt(numerator / static_cast<double>(units)) : 0.0;
}

}  // namespace

std::vector<double> irange_weights(RandomState& rng, std::int64_t rows, std::int64_t columns,
                                   double range, double include_prob) {
  if (!(include_prob >= 0 && include_prob <= 1))
    throw ValueError(fmt::format("include_prob {}: 0 to 1", include_prob));
  std::vector<double> out = softmax_irange_weights(rng, rows, columns, range);
  // A product, not a choice: what is left out keeps its sign, as in NumPy.
  for (double& w : out) w *= rng.random_sample() < include_prob ? 1.0 : 0.0;
  return out;
}

std::vector<double> softmax_irange_weights(RandomState& rng, std::int64_t rows,
                                           std::int64_t columns, double range) {
  check_size("irange", range);
  std::vector<double> out = zeros(rows, columns);
  rng.uniform(-range, range, out);
  return out;
}

std::vector<double> istdev_weights(RandomState& rng, std::int64_t rows, std::int64_t columns,
                                   double istdev) {
  check_size("istdev", istdev);
  std::vector<double> out = zeros(rows, columns);
  for (double& w : out) w = rng.randn() * istdev;
  return out;
}

std::vector<double> sparse_weights(RandomState& rng, std::int64_t rows, std::int64_t columns,
                                   std::int64_t k, double stdev, std::span<const double> mask) {
  check_size("sparse_stdev", stdev);
  std::vector<double> out = zeros(rows, columns);
  if (k < 0 || k > rows)
    throw ValueError(fmt::format("sparse_init {}: 0 to {}, the number of inputs", k, rows));
  if (!mask.empty() && mask.size() != out.size())
    throw ValueError(fmt::format("mask_weights has {} elements, where {} x {} are needed",
                                 mask.size(), rows, columns));
  const auto at = [columns](std::int64_t row, std::int64_t column) {
    return static_cast<std::size_t>(row * columns + column);
  };
  const auto forbidden = [&](std::size_t place) { return !mask.empty() && mask[place] == 0; };
  for (std::int64_t column = 0; column < columns; ++column) {
    std::int64_t places = 0;
    for (std::int64_t row = 0; row < rows; ++row) places += !forbidden(at(row, column));
    if (places < k)
      throw ValueError(fmt::format("sparse_init {}: mask_weights allows {} inputs to unit {}", k,
                                   places, column));
  }
  for (std::int64_t column = 0; column < columns; ++column) {
    for (std::int64_t i = 0; i < k; ++i) {
      std::size_t place = 0;
      do {
        place = at(rng.randint(0, rows), column);
      } while (out[place] != 0 || forbidden(place));
      out[place] = rng.randn();
    }
  }
  for (double& w : out) w *= stdev;
  return out;
}

std::vector<double> glorot_uniform(RandomState& rng, std::int64_t rows, std::int64_t columns,
                                   std::int64_t fan_out) {
  return softmax_irange_weights(rng, rows, columns, spread(6, rows + fan_out));
}
std::vector<double> glorot_uniform(RandomState& rng, std::int64_t rows, std::int64_t columns) {
  return glorot_uniform(rng, rows, columns, columns);
}
std::vector<double> glorot_normal(RandomState& rng, std::int64_t rows, std::int64_t columns,
                                  std::int64_t fan_out) {
  return istdev_weights(rng, rows, columns, spread(2, rows + fan_out));
}
std::vector<double> glorot_normal(RandomState& rng, std::int64_t rows, std::int64_t columns) {
  return glorot_normal(rng, rows, columns, columns);
}
std::vector<double> he_uniform(RandomState& rng, std::int64_t rows, std::int64_t columns) {
  return softmax_irange_weights(rng, rows, columns, spread(6, rows));
}
std::vector<double> he_normal(RandomState& rng, std::int64_t rows, std::int64_t columns) {
  return istdev_weights(rng, rows, columns, spread(2, rows));
}

}  // namespace ansatz
