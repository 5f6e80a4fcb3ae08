// The workloads: a model, its data, and how each contestant is made.
#pragma once

#include <functional>
#include <vector>

#include <dsl/build.hpp>

#include "contestant.hpp"

namespace bench {

enum class Target { none, label, number };

struct Workload {
  std::string name;
  int features, batch;
  float rate;
  Target target;
  bool random;  ///< draws random numbers
  /// Layers' initial weights are uniform in (-bound, bound); biases are 0.
  std::vector<double> bounds;
  std::function<ansatz::Program<float>()> compiled;
  std::function<ansatz::Function()> function;
  std::function<std::unique_ptr<Contestant>(int threads, DrawsOfThreads)> hand;
  double tolerance = 1e-3;  ///< of what five steps lead to, where draws are the same
};

/// All of them, in the order of the table.
std::vector<Workload> workloads();
void add_dense(std::vector<Workload>& all);
void add_others(std::vector<Workload>& all);
void add_energies(std::vector<Workload>& all);
void add_connected(std::vector<Workload>& all);

/// Examples of the workload's shape, the same for every contestant and in train.py.
Data make_data(const Workload& workload);
/// Gives the parameters their initial values.
void initialise(Contestant& contestant, const Workload& workload);

/// The same step in Ansatz.
std::unique_ptr<Contestant> program_contestant(ansatz::Program<float> program,
                                               const Workload& workload, int threads);
/// The random numbers that Ansatz draws, for hand-written steps that are compared with it.
DrawsOfThreads philox(int threads);

/// PyTorch, eager, in a process of its own that lives until `stop_torch`. Null and a message on
/// stderr if `python` has no torch.
std::unique_ptr<Contestant> torch_contestant(const std::string& python, const Workload& workload,
                                             int threads);
void stop_torch();

}  // namespace bench
