#include <ansatz/job/initialization.hpp>
#include <ansatz/job/initialize.hpp>
#include <ansatz/job/model.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <cmath>

namespace ansatz {

namespace {

std::string names_given(const Initialization& how) {
  std::string names;
  const auto add = [&](bool given, const char* name) {
    if (!given) return;
    if (!names.empty()) names += ", ";
    names += name;
  };
  add(how.irange.has_value(), "irange");
  add(how.istdev.has_value(), "istdev");
  add(how.sparse_init.has_value(), "sparse_init");
  add(how.glorot_uniform, "glorot_uniform");
  add(how.glorot_normal, "glorot_normal");
  add(how.he_uniform, "he_uniform");
  add(how.he_normal, "he_normal");
  return names.empty() ? "none" : names;
}

std::vector<double> draw(const Initialization& how, const WeightMatrix& w, bool second_draw,
                         RandomState& rng) {
  if (how.given() != 1)
    throw ValueError(
        fmt::format("the weights need one way to begin, found {}; give exactly one of irange, "
                    "istdev, sparse_init, glorot_uniform, glorot_normal, he_uniform, he_normal",
                    names_given(how)));
  const std::int64_t rows = w.rows, columns = w.columns;
  if (how.include_prob != 1 && !how.irange) throw ValueError("include_prob goes with irange only");
  second_draw = second_draw || how.include_prob != 1;
  if (how.irange)
    return second_draw ? irange_weights(rng, rows, columns, *how.irange, how.include_prob)
                       : softmax_irange_weights(rng, rows, columns, *how.irange);
  if (how.istdev) return istdev_weights(rng, rows, columns, *how.istdev);
  if (how.sparse_init) {
    std::span<const double> mask;
    if (w.mask) mask = {w.mask, static_cast<std::size_t>(rows * columns)};
    return sparse_weights(rng, rows, columns, *how.sparse_init, how.sparse_stdev, mask);
  }
  if (how.glorot_uniform) return glorot_uniform(rng, rows, columns);
  if (how.glorot_normal) return glorot_normal(rng, rows, columns);
  if (how.he_uniform) return he_uniform(rng, rows, columns);
  return he_normal(rng, rows, columns);
}

}  // namespace

void draw_weights(const Initialization& how, const WeightMatrix& weights, bool second_draw,
                  InitialValues& values, RandomState& rng) {
  std::vector<double> w;
  try {
    w = draw(how, weights, second_draw, rng);
  } catch (const ValueError& e) {
    throw ValueError(fmt::format("layer {}: {}", weights.layer, e.what()));
  }
  if (weights.mask)
    for (std::size_t i = 0; i < w.size(); ++i) w[i] *= weights.mask[i];
  values.set(weights.parameter, w.data(), static_cast<std::int64_t>(w.size()));
}

void set_numbers(const Numbers& given, std::string_view key, std::string_view layer,
                 std::string_view parameter, int count, InitialValues& values) {
  for (double x : given.list)
    if (!std::isfinite(x))
      throw ValueError(fmt::format("layer {}: {} {}: a finite number is needed", layer, key, x));
  if (given.list.size() == 1) {
    values.fill(parameter, given.list[0]);
  } else if (given.list.size() == count) {
    values.set(parameter, given.list.data(), count);
  } else {
    throw ValueError(fmt::format("layer {}: {} has {} numbers; give one, or {}, one a unit", layer,
                                 key, given.list.size(), count));
  }
}

}  // namespace ansatz
