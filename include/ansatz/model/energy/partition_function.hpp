// log Z of a binary RBM: exact where one of its layers is small, estimated where not.
#pragma once

#include <ansatz/model/energy/rbm.hpp>
#include <dsl/store.hpp>

#include <cstdint>
#include <vector>

namespace ansatz {

/// log Z by the sum over all states of the smaller layer, for each of which the other is summed in
/// closed form. ValueError when that layer has more than 30 units: 2^30 states take hours.
double exact_log_z(const RBM& rbm, const Store& store);

/// How annealed importance sampling goes from a model whose log Z is known to the RBM.
struct Annealing {
  int runs = 100;
  /// From 0 to 1, as many as linspace(from, to, count) has, joined: as Salakhutdinov and Murray
  /// (2008) have them.
  struct Stretch {
    double from, to;
    int count;
  };
  std::vector<Stretch> temperatures = {{0, .5, 1000}, {.5, .9, 10000}, {.9, 1, 10000}};
  /// The biases of the model at 0, whose units are independent; empty: zero. Best are those with
  /// the means of the data, `biases_of_means`.
  std::vector<double> base_biases = {};
  std::uint64_t seed = 0;
};

struct LogZ {
  double value = 0;
  /// log (Z - 3 s) and log (Z + 3 s), s being the standard deviation of the mean of the weights;
  /// the lower is -infinity where the weights differ too much to tell.
  double low = 0, high = 0;
};

/// log Z by annealed importance sampling (Neal 2001; Salakhutdinov and Murray 2008, equations 10 to
/// 18): between p_0(v) ~ e^(v a) and the RBM lie p_k(v) ~ e^(v ((1 - beta) a + beta b)) prod_j (1 +
/// e^(beta (v W + c)_j)), each run walking through them with a Gibbs step at each. ValueError for
/// no runs, temperatures that do not go from 0 to 1, and base biases of another number.
LogZ annealed_log_z(const RBM& rbm, const Store& store, const Annealing& how = {});

/// log(p / (1 - p)) of means in [0, 1], kept off both ends by 1e-5.
std::vector<double> biases_of_means(std::vector<double> means);

}  // namespace ansatz
