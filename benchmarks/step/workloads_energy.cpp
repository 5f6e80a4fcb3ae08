#include <dsl/compile.hpp>

#include <cmath>

#include "hand.hpp"
#include "models_energy.hpp"
#include "workload.hpp"

namespace bench {

namespace {

template <class F>
Workload workload(const char* name, int features, int batch, float rate, std::vector<double> bounds,
                  F describe, auto by_hand) {
  return {.name = name,
          .features = features,
          .batch = batch,
          .rate = rate,
          .target = Target::none,
          .random = true,
          .bounds = std::move(bounds),
          .compiled = [describe] { return compile(describe); },
          .function = describe,
          .hand = by_hand};
}

}  // namespace

void add_energies(std::vector<Workload>& all) {
  all.push_back(workload(
      "pcd15", 784, 100, .05f, {.05}, [] { return persistent_machine(784, 500, 100, 15); },
      [](int threads, DrawsOfThreads draws) {
        return hand::persistent_machine(784, 500, 100, 15, .05f, threads, std::move(draws));
      }));
  // A draw that rounding turns takes its chain, one of a hundred, elsewhere.
  all.back().tolerance = .05;
  for (const int batch : {5, 100})
    all.push_back(workload(
        batch == 5 ? "smd5" : "smd100", 192, batch, .01f, {.05},
        [] { return score_matching(192, 400); },
        [batch](int threads, DrawsOfThreads draws) {
          return hand::score_matching(192, 400, batch, .01f, threads, std::move(draws));
        }));
  all.push_back(workload(
      "vae", 784, 100, .001f, {.05, .05, .05, .05, .05},
      [] { return variational_autoencoder(784, 400, 20); },
      [](int threads, DrawsOfThreads draws) {
        return hand::variational_autoencoder(784, 400, 20, 100, .001f, threads, std::move(draws));
      }));
  all.push_back(workload(
      "cae", 784, 100, .01f, {.05}, [] { return contractive_autoencoder(784, 500); },
      [](int threads, DrawsOfThreads) {
        return hand::contractive_autoencoder(784, 500, 100, .01f, threads);
      }));
  all.back().random = false;
}

}  // namespace bench
