// A Boltzmann machine of spins learns what a lattice of them does: 3 x 3 places on a torus, where
// neighbours like to be equal (Ising 1925). The lattice has 512 states, so that its entropy is
// known, which is the best that -log p of a model of it can be; of the machine log Z is summed,
// too.
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/base/random_state.hpp>
#include <ansatz/cost/energy/dbm_divergence.hpp>
#include <ansatz/data/dense_design_matrix.hpp>
#include <ansatz/model/energy/dbm/ising_hidden.hpp>
#include <ansatz/session/run.hpp>
#include <ansatz/termination/epoch_counter.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

using namespace ansatz;

constexpr int places = 9, hidden = 12, states = 1 << places;

static double spin(int state, int place) { return (state >> place & 1) ? 1 : -1; }

// log p of each state of the lattice.
static std::vector<double> lattice(double coupling) {
  std::vector<double> p;
  double total = 0;
  for (int s = 0; s < states; ++s) {
    double equal = 0;
    for (int i = 0; i < places; ++i) {
      const int right = i / 3 * 3 + (i + 1) % 3, down = (i + 3) % places;
      equal += spin(s, i) * (spin(s, right) + spin(s, down));
    }
    p.push_back(coupling * equal);
    total += std::exp(p.back());
  }
  for (double& each : p) each -= std::log(total);
  return p;
}

// The same of the machine: of each v the hidden spins are independent.
static std::vector<double> machine(const Store& of) {
  const float *b = of.data<float>("visible_bias"), *W = of.data<float>("h_W"),
              *c = of.data<float>("h_b");
  std::vector<double> p;
  double total = 0;
  for (int s = 0; s < states; ++s) {
    double sum = 0;
    for (int i = 0; i < places; ++i) sum += b[i] * spin(s, i);
    for (int j = 0; j < hidden; ++j) {
      double z = c[j];
      for (int i = 0; i < places; ++i) z += spin(s, i) * double(W[i * hidden + j]);
      sum += std::log(2 * std::cosh(z));
    }
    p.push_back(sum);
    total += std::exp(sum);
  }
  for (double& each : p) each -= std::log(total);
  return p;
}

int main() {
  const std::vector<double> truth = lattice(.3);
  double entropy = 0;
  for (const double p : truth) entropy -= std::exp(p) * p;
  std::printf("entropy of the lattice: %.2f nats\n", entropy);

  std::vector<double> x;  // draws from it
  RandomState random(1);
  for (int n = 0; n < 5'000; ++n) {
    double left = random.random_sample();
    int s = 0;
    while (s + 1 < states && (left -= std::exp(truth[std::size_t(s)])) > 0) ++s;
    for (int i = 0; i < places; ++i) x.push_back(spin(s, i));
  }
  const DenseDesignMatrix data(Table({number_column("features", x, {places})}));
  const DBM dbm(IsingVisible(places, 1.), niter(1), IsingHidden("h", hidden, 1., irange(.05)));
  for (const int epochs : {0, 200}) {
    const Trained r = run(Train(
        data, dbm,
        SGD(learning_rate(.02), batch_size(100), VariationalPCD(500, 2), EpochCounter(epochs))));
    const std::vector<double> model = machine(r.store);
    double cross = 0;
    for (std::size_t s = 0; s < states; ++s) cross -= std::exp(truth[s]) * model[s];
    if (epochs == 0)
      std::printf("  0 epochs: -log p is %.1f nats, that of 9 coins\n", cross);
    else  // which differs from machine to machine
      std::printf("%3d epochs: less than 0.1 above the entropy: %s\n", epochs,
                  cross - entropy < .1 ? "yes" : "no");
  }
}
