#include <dsl/compile.hpp>

#include <cmath>

#include "hand.hpp"
#include "models.hpp"
#include "workload.hpp"

namespace bench {

namespace {

// Kernels of 5 x 5 over 28 x 28 pixels, other ones at each place of a tile.
hand::Connections kernels(int tile, int channels) {
  constexpr int wide = 24, size = 28, kernel = 5;
  hand::Connections c{size * size, wide * wide * channels, kernel * kernel, {}, {}, 0};
  c.weights = tile * tile * kernel * kernel * channels;
  for (int row = 0; row < wide; ++row)
    for (int column = 0; column < wide; ++column)
      for (int o = 0; o < channels; ++o)
        for (int i = 0; i < kernel; ++i)
          for (int j = 0; j < kernel; ++j) {
            const int place = row % tile * tile + column % tile;
            c.input.push_back((row + i) * size + column + j);
            c.weight.push_back(((place * kernel + i) * kernel + j) * channels + o);
          }
  return c;
}

hand::Connections any_inputs(int units, int each) {
  hand::Connections c{784, units, each, {}, {}, units * each};
  for (int k = 0; k < units * each; ++k) {
    c.input.push_back(seen_input(k / each, k % each));
    c.weight.push_back(k);
  }
  return c;
}

template <class F>
Workload workload(const char* name, int each, int units, F describe,
                  const hand::Connections& layer) {
  return {.name = name,
          .features = 784,
          .batch = 100,
          .rate = 0.01f,
          .target = Target::label,
          .random = false,
          .bounds = {std::sqrt(6.0 / each), std::sqrt(6.0 / units)},
          .compiled = [describe] { return compile(describe); },
          .function = describe,
          .hand = [layer](int threads,
                          DrawsOfThreads) { return hand::connected(layer, 100, 0.01f, threads); }};
}

}  // namespace

void add_connected(std::vector<Workload>& all) {
  all.push_back(workload(
      "local", 25, 2304, [] { return local_net(); }, kernels(24, 4)));
  all.push_back(workload(
      "tiled", 25, 4608, [] { return tiled_net(); }, kernels(2, 8)));
  all.push_back(workload(
      "sparse", 50, 2000, [] { return sparse_net(2000, 50); }, any_inputs(2000, 50)));
}

}  // namespace bench
