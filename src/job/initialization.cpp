#include <ansatz/job/initialization.hpp>
#include <ansatz/job/initialize.hpp>
#include <ansatz/job/model.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <utility>

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

// The axes of matrices, too.
Filters with_axes(Filters f) {
  if (f.drawn.rank) return f;
  f.drawn = f.units_first ? ir::make_shape(f.units, f.inputs) : ir::make_shape(f.inputs, f.units);
  f.stored = {0, 1};
  f.unit_axes = f.units_first ? 1 : 2;
  return f;
}

// Calls visit(place among those drawn, as stored, input, unit) for each weight.
template <class F>
void for_each_weight(const Filters& filters, F visit) {
  const Filters f = with_axes(filters);
  const int rank = f.drawn.rank;
  std::array<std::size_t, ir::max_rank> at{};  // along the axes of `drawn`
  const auto count = static_cast<std::size_t>(f.inputs) * static_cast<std::size_t>(f.units);
  for (std::size_t stored = 0; stored < count; ++stored) {
    std::size_t drawn = 0, input = 0, unit = 0;
    for (int d = 0; d < rank; ++d) {
      const auto size = static_cast<std::size_t>(f.drawn[d]);
      const auto next = [&](std::size_t before) { return before * size + at[d]; };
      drawn = next(drawn);
      std::size_t& which = f.unit_axes >> d & 1 ? unit : input;
      which = next(which);
    }
    visit(drawn, stored, input, unit);
    for (int k = rank; k-- > 0;) {
      const int d = f.stored[k];
      if (++at[d] < static_cast<std::size_t>(f.drawn[d])) break;
      at[d] = 0;
    }
  }
}

std::vector<double> as_stored(const Filters& f, std::vector<double> drawn) {
  if (f.drawn.rank == 0) return drawn;
  std::vector<double> w(drawn.size());
  for_each_weight(f, [&](std::size_t from, std::size_t to, auto, auto) { w[to] = drawn[from]; });
  return w;
}

// Of each unit's weights in turn; all else is drawn as it comes.
std::vector<double> draw_sparse(const Initialization& how, const DrawnWeights& w,
                                RandomState& rng) {
  const auto units = static_cast<std::size_t>(w.filters.units);
  std::vector<double> mask(w.mask.size());  // [inputs, units]
  if (!mask.empty())
    for_each_weight(w.filters, [&](auto, std::size_t stored, std::size_t input, std::size_t unit) {
      mask[input * units + unit] = w.mask[stored];
    });
  const std::vector<double> drawn = sparse_weights(rng, w.filters.inputs, w.filters.units,
                                                   *how.sparse_init, how.sparse_stdev, mask);
  std::vector<double> weights(drawn.size());
  for_each_weight(w.filters, [&](auto, std::size_t stored, std::size_t input, std::size_t unit) {
    weights[stored] = drawn[input * units + unit];
  });
  return weights;
}

// As they are stored.
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
  if (how.sparse_init) return draw_sparse(how, w, rng);
  const auto drawn = [&] {
    if (how.irange)
      return second_draw ? irange_weights(rng, inputs, units, *how.irange, how.include_prob)
                         : softmax_irange_weights(rng, inputs, units, *how.irange);
    if (how.istdev) return istdev_weights(rng, inputs, units, *how.istdev);
    if (how.glorot_uniform) return glorot_uniform(rng, inputs, units, w.filters.outputs);
    if (how.glorot_normal) return glorot_normal(rng, inputs, units, w.filters.outputs);
    if (how.he_uniform) return he_uniform(rng, inputs, units);
    return he_normal(rng, inputs, units);
  };
  return as_stored(w.filters, drawn());
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

void set_drawn_weights(const DrawnWeights& weights, std::vector<double> drawn,
                       InitialValues& values) {
  std::vector<double> w = as_stored(weights.filters, std::move(drawn));
  for (std::size_t i = 0; i < weights.mask.size(); ++i) w[i] *= weights.mask[i];
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
