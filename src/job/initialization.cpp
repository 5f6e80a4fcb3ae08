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

// [rows, columns] -> [columns, rows]; of none, none.
std::vector<double> transposed(const std::vector<double>& x, std::size_t rows,
                               std::size_t columns) {
  std::vector<double> y(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) y[i % columns * rows + i / columns] = x[i];
  return y;
}

// Of each unit's weights in turn; all else is drawn in the order in which it is stored.
std::vector<double> draw_sparse(const Initialization& how, const DrawnWeights& w,
                                RandomState& rng) {
  const auto inputs = static_cast<std::size_t>(w.filters.inputs);
  const auto units = static_cast<std::size_t>(w.filters.units);
  const bool turned = w.filters.units_first;
  const std::vector<double> mask = turned ? transposed(w.mask, units, inputs) : w.mask;
  const std::vector<double> drawn = sparse_weights(rng, w.filters.inputs, w.filters.units,
                                                   *how.sparse_init, how.sparse_stdev, mask);
  return turned ? transposed(drawn, inputs, units) : drawn;
}

std::vector<double> draw(const Initialization& how, const DrawnWeights& w, bool second_draw,
                         RandomState& rng) {
  if (how.given() != 1)
    throw ValueError(
        fmt::format("the weights need one way to begin, found {}; give exactly one of irange, "
                    "istdev, sparse_init, glorot_uniform, glorot_normal, he_uniform, he_normal",
                    names_given(how)));
  const std::int64_t inputs = w.filters.inputs, units = w.filters.units;
  if (how.include_prob != 1 && !how.irange) throw ValueError("include_prob goes with irange only");
  second_draw = second_draw || how.include_prob != 1;
  if (how.irange)
    return second_draw ? irange_weights(rng, inputs, units, *how.irange, how.include_prob)
                       : softmax_irange_weights(rng, inputs, units, *how.irange);
  if (how.istdev) return istdev_weights(rng, inputs, units, *how.istdev);
  if (how.sparse_init) return draw_sparse(how, w, rng);
  if (how.glorot_uniform) return glorot_uniform(rng, inputs, units, w.filters.outputs);
  if (how.glorot_normal) return glorot_normal(rng, inputs, units, w.filters.outputs);
  if (how.he_uniform) return he_uniform(rng, inputs, units);
  return he_normal(rng, inputs, units);
}

}  // namespace

void draw_weights(const Initialization& how, const DrawnWeights& weights, bool second_draw,
                  InitialValues& values, RandomState& rng) {
  std::vector<double> w;
  try {
    w = draw(how, weights, second_draw, rng);
  } catch (const ValueError& e) {
    throw ValueError(fmt::format("{}: {}", weights.owner, e.what()));
  }
  if (!weights.mask.empty())
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
