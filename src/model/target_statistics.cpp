#include <ansatz/data/table.hpp>
#include <ansatz/model/target_statistics.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

namespace {

struct Moments {
  std::vector<double> mean, variance;
};

// In two passes: means of squares less squares of means lose all digits of a small variance beside
// a large mean.
template <class T>
Moments moments(const T* x, std::size_t rows, std::size_t columns) {
  Moments m{std::vector<double>(columns), std::vector<double>(columns)};
  for (std::size_t i = 0; i < rows * columns; ++i) m.mean[i % columns] += x[i];
  for (double& v : m.mean) v /= static_cast<double>(rows);
  for (std::size_t i = 0; i < rows * columns; ++i) {
    const double d = x[i] - m.mean[i % columns];
    m.variance[i % columns] += d * d;
  }
  for (double& v : m.variance) v /= static_cast<double>(rows);
  return m;
}

Moments moments_of(const Dataset& dataset, const char* source) {
  const std::shared_ptr<const Table> table = dataset.load();
  const Column& c = table->column(source);
  if (c.examples == 0) throw ValueError(fmt::format("no examples to take the mean {} of", source));
  if (c.labels > 0) throw ValueError(fmt::format("the {} are labels, which have no mean", source));
  const auto rows = static_cast<std::size_t>(c.examples);
  const auto columns = static_cast<std::size_t>(c.width());
  if (c.type == ElementType::float32)
    return moments(static_cast<const float*>(c.data), rows, columns);
  return moments(static_cast<const double*>(c.data), rows, columns);
}

Numbers numbers(const std::vector<double>& values) {
  Numbers n;
  for (double v : values) n.list.push_back(v);
  return n;
}

Numbers beta_of(const Dataset& dataset, const char* source, double min_var, double max_var) {
  if (!(min_var > 0 && min_var <= max_var))
    throw ValueError(
        fmt::format("min_var {} and max_var {}: 0 < min_var <= max_var", min_var, max_var));
  std::vector<double> beta = moments_of(dataset, source).variance;
  for (double& v : beta) v = 1 / std::clamp(v, min_var, max_var);
  return numbers(beta);
}

}  // namespace

Numbers mean_of_targets(const Dataset& dataset) {
  return numbers(moments_of(dataset, "targets").mean);
}
Numbers mean_of_features(const Dataset& dataset) {
  return numbers(moments_of(dataset, "features").mean);
}
Numbers beta_from_targets(const Dataset& dataset, double min_var, double max_var) {
  return beta_of(dataset, "targets", min_var, max_var);
}
Numbers beta_from_features(const Dataset& dataset, double min_var, double max_var) {
  return beta_of(dataset, "features", min_var, max_var);
}

}  // namespace ansatz
