#include <dsl/compile.hpp>

#include <cmath>

#include "hand.hpp"
#include "models.hpp"
#include "workload.hpp"

namespace bench {

namespace {

template <class F>
Workload workload(const char* name, int features, int batch, float rate, Target target, bool random,
                  std::vector<double> bounds, F describe, auto by_hand) {
  return {.name = name,
          .features = features,
          .batch = batch,
          .rate = rate,
          .target = target,
          .random = random,
          .bounds = std::move(bounds),
          .compiled = [describe] { return compile(describe); },
          .function = describe,
          .hand = by_hand};
}

double bound(int inputs) { return std::sqrt(6.0 / inputs); }

}  // namespace

void add_others(std::vector<Workload>& all) {
  all.push_back(workload(
      "d", 784, 100, 0.1f, Target::none, true, {0.05}, [] { return autoencoder(784, 1000); },
      [](int threads, DrawsOfThreads draws) {
        return hand::autoencoder(784, 1000, 100, 0.1f, threads, std::move(draws));
      }));
  for (const int batch : {20, 100}) {
    all.push_back(workload(
        batch == 20 ? "e20" : "e100", 784, batch, 0.05f, Target::none, true, {0.05},
        [] { return boltzmann_machine(784, 500); },
        [batch](int threads, DrawsOfThreads draws) {
          return hand::boltzmann_machine(784, 500, batch, 0.05f, threads, std::move(draws));
        }));
  }
  all.push_back(workload(
      "f", 784, 100, 0.01f, Target::label, false, {bound(25), bound(400), bound(512)},
      [] { return convolutional_net(); },
      [](int threads, DrawsOfThreads) { return hand::convolutional_net(100, 0.01f, threads); }));
  for (const auto& [name, batch] : {std::pair{"l1", 1}, {"l10", 10}, {"l100", 100}, {"l256", 256}})
    all.push_back(workload(
        name, 784, batch, 0.01f, Target::label, false,
        {bound(25), bound(800), bound(3136), bound(500)}, [] { return lenet(); },
        [batch](int threads, DrawsOfThreads) { return hand::lenet(batch, 0.01f, threads); }));
  all.push_back(workload(
      "h_logreg", 10, 1, 0.01f, Target::number, false, {bound(10)},
      [] { return logistic_regression(10); },
      [](int, DrawsOfThreads) { return hand::logistic_regression(10, 0.01f); }));
}

}  // namespace bench
