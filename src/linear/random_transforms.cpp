#include <ansatz/base/random_state.hpp>
#include <ansatz/job/model.hpp>
#include <ansatz/linear/random_transforms.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

namespace ansatz {

namespace {

constexpr std::initializer_list<std::int64_t> default_seed = {2012, 11, 6, 9},
                                              default_sparse_seed = {2012, 11, 6};

// rng.uniform(-irange, irange, shape).
void begin_uniform(const RandomKernels& how, std::initializer_list<std::int64_t> by_default,
                   const DrawnWeights& weights, InitialValues& values) {
  RandomState rng = random_state(how.rng, by_default);
  std::vector<double> w(static_cast<std::size_t>(weights.filters.inputs) *
                        static_cast<std::size_t>(weights.filters.units));
  rng.uniform(-how.irange, how.irange, w);
  set_drawn_weights(weights, std::move(w), values);
}

// A place where there is 0, an index along each axis drawn by randint, until one is free; `last` is
// the index along the axes from `axes` on.
std::size_t free_place(RandomState& rng, const std::vector<double>& w, const ir::Shape& shape,
                       int axes, std::size_t last) {
  for (;;) {
    std::size_t at = 0;
    for (int d = 0; d < axes; ++d)
      at =
          at * static_cast<std::size_t>(shape[d]) + static_cast<std::size_t>(rng.randint(shape[d]));
    for (int d = axes; d < shape.rank; ++d) at *= static_cast<std::size_t>(shape[d]);
    at += last;
    if (w[at] == 0) return at;
  }
}

}  // namespace

void RandomConv2D::begin(const Between&, const DrawnWeights& weights, InitialValues& values) const {
  begin_uniform(*this, default_seed, weights, values);
}

void SparseRandomConv2D::begin(const Between&, const DrawnWeights& weights,
                               InitialValues& values) const {
  const Filters& f = weights.filters;
  std::vector<double> w(static_cast<std::size_t>(f.inputs) * static_cast<std::size_t>(f.units));
  if (static_cast<std::size_t>(num_nonzero) > w.size())
    throw ValueError(fmt::format("{}: num_nonzero {}: there are {} weights", weights.owner,
                                 num_nonzero, w.size()));
  RandomState random = random_state(rng, default_sparse_seed);
  for (int i = 0; i < num_nonzero; ++i) {
    const std::size_t at = free_place(random, w, f.drawn, f.drawn.rank, 0);
    w[at] = random.randn();
  }
  set_drawn_weights(weights, std::move(w), values);
}

void RandomConv2DC01B::begin(const Between&, const DrawnWeights& weights,
                             InitialValues& values) const {
  begin_uniform(*this, default_seed, weights, values);
}

void SparseRandomConv2DC01B::begin(const Between&, const DrawnWeights& weights,
                                   InitialValues& values) const {
  const Filters& f = weights.filters;
  std::vector<double> w(static_cast<std::size_t>(f.inputs) * static_cast<std::size_t>(f.units));
  RandomState random = random_state(rng, default_sparse_seed);
  for (std::size_t o = 0; o < static_cast<std::size_t>(f.units); ++o)
    for (int i = 0; i < num_nonzero; ++i) {
      const std::size_t at = free_place(random, w, f.drawn, 3, o);
      w[at] = random.randn();
    }
  set_drawn_weights(weights, std::move(w), values);
}

void RandomLocal::begin(const Between&, const DrawnWeights& weights, InitialValues& values) const {
  begin_uniform(*this, default_seed, weights, values);
}

void RandomTiledConv2D::begin(const Between&, const DrawnWeights& weights,
                              InitialValues& values) const {
  begin_uniform(*this, default_seed, weights, values);
}

void LocalRfs::begin(const Between&, const DrawnWeights& weights, InitialValues& values) const {
  begin_uniform(*this, {2012, 7, 18}, weights, values);
}

}  // namespace ansatz
