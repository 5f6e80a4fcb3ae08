// A deep Boltzmann machine so small that its likelihood can be summed: 4 x 4 pixels of either bars
// or stripes, 30 texts in all. The best that a model of them can do is -log 30 = -3.40 nats.
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/cost/energy/dbm_divergence.hpp>
#include <ansatz/data/dense_design_matrix.hpp>
#include <ansatz/model/energy/dbm/binary_vector.hpp>
#include <ansatz/model/energy/dbm/binary_vector_max_pool.hpp>
#include <ansatz/session/run.hpp>
#include <ansatz/termination/epoch_counter.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

using namespace ansatz;

constexpr int pixels = 16, lower = 12, upper = 6;

static std::vector<double> bars_and_stripes() {
  std::vector<double> x;
  for (const bool bars : {true, false})
    for (int text = bars ? 0 : 1; text < (bars ? 16 : 15); ++text)  // all on, all off: once
      for (int i = 0; i < pixels; ++i) x.push_back(text >> (bars ? i / 4 : i % 4) & 1);
  return x;
}

struct Machine {
  const float *b, *W0, *c0, *W1, *c1;
  // log of the sum over v, or of a v that is given, and over the upper layer: of each lower state h
  // both are independent units.
  double log_sum(int h, const double* v) const {
    double total = 0;
    for (int j = 0; j < lower; ++j) total += (h >> j & 1) * c0[j];
    for (int i = 0; i < pixels; ++i) {
      double z = b[i];
      for (int j = 0; j < lower; ++j) z += (h >> j & 1) * W0[i * lower + j];
      total += v ? v[i] * z : std::log1p(std::exp(z));
    }
    for (int k = 0; k < upper; ++k) {
      double z = c1[k];
      for (int j = 0; j < lower; ++j) z += (h >> j & 1) * W1[j * upper + k];
      total += std::log1p(std::exp(z));
    }
    return total;
  }
  double log_sum(const double* v) const {
    double sum = 0;
    for (int h = 0; h < 1 << lower; ++h) sum += std::exp(log_sum(h, v));
    return std::log(sum);
  }
};

int main() {
  const std::vector<double> x = bars_and_stripes();
  const DenseDesignMatrix data(Table({number_column("features", x, {pixels})}));
  const DBM dbm(BinaryVector(pixels), niter(10),
                BinaryVectorMaxPool("h0", lower, pool_size(1), irange(.2)),
                BinaryVectorMaxPool("h1", upper, pool_size(1), irange(.2)));
  for (const int epochs : {0, 8000}) {
    const Trained r = run(Train(
        data, dbm,
        SGD(learning_rate(.03), batch_size(30), VariationalPCD(100, 5), EpochCounter(epochs))));
    const Store& of = r.store;
    const Machine machine{of.data<float>("visible_bias"), of.data<float>("h0_W"),
                          of.data<float>("h0_b"), of.data<float>("h1_W"), of.data<float>("h1_b")};
    const double log_z = machine.log_sum(nullptr);
    double likelihood = 0;
    for (int n = 0; n < 30; ++n) likelihood += machine.log_sum(&x[16 * std::size_t(n)]) - log_z;
    std::printf("%4d epochs: log p of a text ", epochs);
    if (epochs == 0)
      std::printf("%.2f, log Z %.2f\n", likelihood / 30, log_z);
    else  // which differs from machine to machine
      std::printf("above -5: %s\n", likelihood / 30 > -5 ? "yes" : "no");
  }
}
