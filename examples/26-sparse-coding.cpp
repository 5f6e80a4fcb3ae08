// Spike-and-slab sparse coding finds the causes of what it sees: images of 6 x 6 pixels, sums of
// few of twelve bars, each as bright as a normal number says, and noise.
#include <ansatz/algorithm/rules/adam.hpp>
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/base/random_state.hpp>
#include <ansatz/data/dense_design_matrix.hpp>
#include <ansatz/model/coding/s3c.hpp>
#include <ansatz/session/run.hpp>
#include <ansatz/termination/epoch_counter.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

using namespace ansatz;

constexpr int side = 6, pixels = side * side, bars = 2 * side, hidden = 12, count = 4'000;

static bool in_bar(int bar, int pixel) {
  return bar < side ? pixel / side == bar : pixel % side == bar - side;
}

static std::vector<double> images() {
  RandomState random(7);
  std::vector<double> x(std::size_t(count) * pixels), on(bars), strength(bars);
  random.normal(0, .1, x);
  for (int n = 0; n < count; ++n) {
    random.uniform(0, 1, on);
    random.normal(2, .5, strength);
    for (int b = 0; b < bars; ++b)
      for (int i = 0; on[std::size_t(b)] < .15 && i < pixels; ++i)
        if (in_bar(b, i))
          x[std::size_t(n * pixels + i)] += strength[std::size_t(b)] / std::sqrt(6.);
  }
  return x;
}

int main() {
  const DenseDesignMatrix data(Table({number_column("features", images(), {pixels})}));
  S3C s3c;
  s3c.nvis = pixels, s3c.nhid = hidden, s3c.irange = 1;
  s3c.constrain_W_norm = s3c.tied_B = true;
  s3c.init_bias_hid = -2., s3c.first_mu = 1.;
  s3c.min_B = s3c.min_alpha = .1, s3c.max_B = s3c.max_alpha = 1000;
  E_Step inference({.3, .5, .7, .9, 1.});
  inference.clip_reflections = true;
  s3c.e_step = Shared<E_Step>(inference);
  s3c.m_step = Shared<Grad_M_Step>(Grad_M_Step());
  s3c.check();

  const Trained r = run(Train(data, s3c,
                              SGD(learning_rate(.05), batch_size(100), Adam(),
                                  monitoring_dataset(data), EpochCounter(30))));
  const std::vector<double>& bound = r.records.at("objective").val_record;
  std::printf("-log p(v) is at most %.1f nats, then %.1f\n", bound.front(), bound.back());

  // Columns of W have length 1, and so have bars; the cosine of the best pair of each bar.
  const float* W = r.store.data<float>("W");
  int found = 0;
  for (int b = 0; b < bars; ++b) {
    double best = 0;
    for (int j = 0; j < hidden; ++j) {
      double cosine = 0;
      for (int i = 0; i < pixels; ++i) cosine += in_bar(b, i) * W[i * hidden + j] / std::sqrt(6.);
      best = std::max(best, std::abs(cosine));
    }
    found += best > .95;
  }
  std::printf("bars found: %d of %d; noise of the pixels: %.2f\n", found, bars,
              1 / std::sqrt(double(r.store.data<float>("B")[0])));
}
