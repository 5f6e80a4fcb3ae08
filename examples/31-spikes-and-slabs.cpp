// A spike-and-slab RBM (Courville, Bergstra and Bengio 2011) of patches whose means are all zero:
// four textures that differ in what varies together. Its spikes tell them apart, which units that
// see v linearly cannot.
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/base/random_state.hpp>
#include <ansatz/cost/energy/contrastive_divergence.hpp>
#include <ansatz/data/dense_design_matrix.hpp>
#include <ansatz/model/energy/spike_and_slab_rbm.hpp>
#include <ansatz/session/run.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <dsl/build.hpp>

#include <algorithm>
#include <cstdio>
#include <vector>

using namespace ansatz;

constexpr int pixels = 16, textures = 4, units_there = 8;

// Rows, columns, squares and a chessboard of a 4 x 4 patch.
static double texture(int kind, int i) {
  const int row = i / 4, column = i % 4;
  const int odd[] = {row, column, row / 2 + column / 2, row + column};
  return odd[kind] % 2 ? 1 : -1;
}
// Each patch is one of them, of a random strength and sign, and noise.
static std::vector<double> patches(int count, int seed) {
  RandomState random(seed);
  std::vector<double> x;
  for (int n = 0; n < count; ++n) {
    const double strength = random.randn();
    for (int i = 0; i < pixels; ++i)
      x.push_back(strength * texture(n % textures, i) + .2 * random.randn());
  }
  return x;
}

int main() {
  const DenseDesignMatrix data(Table({number_column("features", patches(4'000, 1), {pixels})}));
  mu_pooled_ssRBM rbm(nvis(pixels), nhid(units_there), n_s_per_h(1), alpha0(1.), alpha_irange(.1),
                      Lambda0(0.), Lambda_irange(.01), mu0(0.), W_irange(.5));
  rbm.first_b = -2;  // few spikes are on
  rbm.first_B = 10;
  const Trained r = run(
      Train(data, rbm, SGD(learning_rate(.005), batch_size(50), SML(100, 1), EpochCounter(40))));

  Data read;
  read.add("features", rbm.input_space());
  Function f;
  f.add(output("h", rbm.mean_h_given_v(read["features"].value())));
  Program<float> spikes = build<float>(f);
  spikes.bind(r.store);
  const std::vector<double> test = patches(1'000, 2);
  const std::vector<float> x(test.begin(), test.end());
  const auto found = spikes({{"features", view(x.data(), {1'000, pixels})}})["h"];
  // The texture that each spike is on for, and what the surest spike says of a patch.
  double on[units_there][textures] = {};
  for (int n = 0; n < 1'000; ++n)
    for (int j = 0; j < units_there; ++j) on[j][n % textures] += found.data()[n * units_there + j];
  int right = 0, told = 0;
  for (int n = 0; n < 1'000; ++n) {
    const float* const h = found.data() + n * units_there;
    const auto surest = std::max_element(h, h + units_there) - h;
    if (h[surest] < .5f) continue;  // too weak a texture
    ++told;
    right += std::max_element(on[surest], on[surest] + textures) - on[surest] == n % textures;
  }
  std::printf("patches with a spike: more than half: %s\n", told > 500 ? "yes" : "no");
  std::printf("of these, told right: more than 95 %%: %s\n", right > .95 * told ? "yes" : "no");
}
