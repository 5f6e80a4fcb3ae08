#include <ansatz/data/table.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <cmath>

namespace ansatz {

namespace {

// How often each class occurs, or the mean of each number of a one-hot target.
std::vector<double> mean_of_targets(std::string_view layer, const Column& targets, int classes) {
  if (targets.examples == 0)
    throw ValueError(fmt::format("layer {}: init_bias_target_marginals has no examples", layer));
  std::vector<double> sum(static_cast<std::size_t>(classes));
  const auto n = static_cast<std::size_t>(targets.examples);
  const auto columns = static_cast<std::size_t>(targets.width());
  if (targets.labels > 0) {
    if (columns != 1 || targets.labels > classes)
      throw ValueError(
          fmt::format("layer {}: init_bias_target_marginals has {} labels an example, of {} "
                      "classes; one of at most {} is needed",
                      layer, columns, targets.labels, classes));
    const auto* labels = static_cast<const std::int32_t*>(targets.data);
    for (std::size_t i = 0; i < n; ++i) sum[static_cast<std::size_t>(labels[i])] += 1;
  } else {
    if (columns != sum.size())
      throw ValueError(fmt::format(
          "layer {}: init_bias_target_marginals has targets of {} numbers; {} are needed", layer,
          columns, classes));
    const auto add = [&](const auto* values) {
      for (std::size_t i = 0; i < n * columns; ++i) sum[i % columns] += values[i];
    };
    if (targets.type == ElementType::float32)
      add(static_cast<const float*>(targets.data));
    else
      add(static_cast<const double*>(targets.data));
  }
  for (double& s : sum) s /= static_cast<double>(n);
  return sum;
}

// The z whose softmax has these proportions and whose mean is 0.
std::vector<double> centred_logarithms(std::string_view layer, std::vector<double> p) {
  double sum = 0;
  for (std::size_t k = 0; k < p.size(); ++k) {
    if (!(p[k] > 0))
      throw ValueError(fmt::format(
          "layer {}: init_bias_target_marginals: class {} has the frequency {}, which has no "
          "logarithm",
          layer, k, p[k]));
    p[k] = std::log(p[k]);
    sum += p[k];
  }
  for (double& z : p) z -= sum / static_cast<double>(p.size());
  return p;
}

}  // namespace

void SoftmaxBase::initialize(const Place& at, InitialValues& values, RandomState& rng) const {
  if (no_affine) {
    if (init_bias_target_marginals)
      throw ValueError(fmt::format(
          "layer {}: init_bias_target_marginals needs biases; with no_affine there are none",
          layer_name.view()));
    return;
  }
  const String b_name = own(at, "b");
  draw(weights_at(at), ("layer " + layer_name).view(), false, values, rng);
  if (!init_bias_target_marginals) {
    values.fill(b_name, 0);
    return;
  }
  const std::shared_ptr<const Table> table = init_bias_target_marginals->load();
  std::vector<double> z = centred_logarithms(
      layer_name, mean_of_targets(layer_name, table->column("targets"), classes()));
  if (non_redundant) {
    for (std::size_t k = 1; k < z.size(); ++k) z[k] -= z[0];
    z.erase(z.begin());
  }
  values.set(b_name, z.data(), static_cast<std::int64_t>(z.size()));
}

}  // namespace ansatz
