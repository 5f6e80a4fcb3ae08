// log Z of binary RBMs: by plain sums over both layers, by enumeration of one, by annealing.
#include <ansatz/linear/conv2d.hpp>
#include <ansatz/model/energy/partition_function.hpp>

#include "../model/probe.hpp"
#include "enumerate.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using Vector = std::vector<double>;

RBM of_units(int visible, int hidden) {
  RBM rbm;
  rbm.nvis = visible;
  rbm.nhid = hidden;
  return rbm;
}

// A store with the parameters of the model, drawn.
Store drawn(const RBM& rbm, double size, unsigned seed) {
  Data data;
  data.add("features", rbm.input_space());
  Probe probe(rbm, data, function(output("F", rbm.free_energy(data["features"].value()))));
  probe.randomize(size, seed);
  return probe.program().store();
}

Vector values(const Store& store, const char* name) {
  const double* x = store.data<double>(name);
  return {x, x + store.shape(name).count()};
}

// The sum over the states of both layers, in plain loops.
double log_z_of_both(const RBM& rbm, const Store& store) {
  const auto n = static_cast<std::size_t>(rbm.nvis), m = static_cast<std::size_t>(rbm.nhid);
  const Vector W = values(store, "W"), b = values(store, "bias_vis"), c = values(store, "bias_hid");
  const Vector vs = all_states(rbm.nvis), hs = all_states(rbm.nhid);
  Vector energies;
  for (std::size_t s = 0; s < vs.size(); s += n)
    for (std::size_t t = 0; t < hs.size(); t += m) {
      double e = 0;
      for (std::size_t i = 0; i < n; ++i) {
        e -= vs[s + i] * b[i];
        for (std::size_t j = 0; j < m; ++j) e -= vs[s + i] * W[i * m + j] * hs[t + j];
      }
      for (std::size_t j = 0; j < m; ++j) e -= hs[t + j] * c[j];
      energies.push_back(e);
    }
  return log_sum_exp_of_minus(energies);
}

}  // namespace

TEST_CASE("partition function: the enumeration of one layer is the sum over both",
          "[energy][log_z]") {
  for (const auto& [visible, hidden] : {std::pair(5, 3), {3, 5}, {4, 4}}) {
    const RBM rbm = of_units(visible, hidden);
    const Store store = drawn(rbm, 1.5, 4);
    CHECK(exact_log_z(rbm, store) == Approx(log_z_of_both(rbm, store)).epsilon(1e-12));
  }
  // More than one block of states.
  const RBM rbm = of_units(14, 15);
  const Store store = drawn(rbm, .3, 2);
  const RBM narrow = of_units(14, 15);
  Data data;
  data.add("features", narrow.input_space());
  Probe probe(narrow, data, function(output("F", narrow.free_energy(data["features"].value()))));
  probe.randomize(.3, 2);
  Minibatch all;
  all.examples = 1 << 14;
  all.numbers["features"] = all_states(14);
  CHECK(exact_log_z(rbm, store) == Approx(log_sum_exp_of_minus(probe(all)["F"])).epsilon(1e-12));
}

TEST_CASE("partition function: annealing is within 1 % of the exact value", "[energy][log_z]") {
  const RBM rbm = of_units(12, 9);
  for (const unsigned seed : {1U, 2U, 3U}) {
    const Store store = drawn(rbm, 1.2, seed);
    const double exact = exact_log_z(rbm, store);
    Annealing how;
    how.temperatures = {{0, 1, 500}};
    how.seed = seed;
    const LogZ found = annealed_log_z(rbm, store, how);
    CHECK(found.value == Approx(exact).epsilon(.01));
    CHECK(found.low < exact);
    CHECK(found.high > exact);
    CHECK(found.high - found.low < .5);
    // Other base biases, in two stretches: the same.
    how.base_biases = biases_of_means(Vector(12, .3));
    how.temperatures = {{0, .5, 100}, {.5, 1, 400}};
    const LogZ other = annealed_log_z(rbm, store, how);
    CHECK(other.value == Approx(exact).epsilon(.01));
    CHECK(other.value != found.value);
  }
}

TEST_CASE("partition function: without weights annealing is exact", "[energy][log_z]") {
  // p_k are products of independent units; from the right biases all weights are equal.
  const RBM rbm = of_units(4, 3);
  Store store = drawn(rbm, 1, 5);
  store.fill("W", 0);
  store.fill("bias_hid", 0);
  Annealing how;
  how.temperatures = {{0, 1, 3}};
  how.base_biases = values(store, "bias_vis");
  double expected = 3 * std::log(2.);
  for (double b : how.base_biases) expected += std::log1p(std::exp(b));
  const LogZ found = annealed_log_z(rbm, store, how);
  CHECK(found.value == Approx(expected).epsilon(1e-12));
  CHECK(found.high - found.low < 1e-6);
}

TEST_CASE("partition function: of convolutions, too", "[energy][log_z]") {
  RBM rbm;
  rbm.vis_space = conv2d_space(3, 3, 1);
  rbm.hid_space = conv2d_space(2, 2, 2);
  Conv2D kernels;
  kernels.kernel_shape = RowsColumns(2);
  rbm.transformer = Shared<LinearTransform>(kernels);
  const Store store = drawn(rbm, 1, 3);
  Annealing how;
  how.temperatures = {{0, 1, 400}};
  CHECK(annealed_log_z(rbm, store, how).value == Approx(exact_log_z(rbm, store)).epsilon(.01));
}

TEST_CASE("partition function: what cannot be done is refused", "[energy][log_z]") {
  const RBM large = of_units(31, 40);
  const Store store = drawn(large, .1, 1);
  CHECK_THAT(message_of([&] { exact_log_z(large, store); }), Contains("31 units, 30 are the most"));
  const auto refused = [&](auto change) {
    Annealing how;
    change(how);
    return message_of([&] { annealed_log_z(large, store, how); });
  };
  CHECK_THAT(refused([](Annealing& a) { a.runs = 0; }), Contains("0 runs"));
  CHECK_THAT(refused([](Annealing& a) { a.temperatures = {{0, .5, 10}}; }), Contains(".5, not 1"));
  CHECK_THAT(refused([](Annealing& a) { a.temperatures = {{.1, 1, 10}}; }), Contains("begins"));
  CHECK_THAT(refused([](Annealing& a) { a.base_biases = {1, 2}; }), Contains("2 base biases"));
}
