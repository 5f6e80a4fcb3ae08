#include <ansatz/model/model_of.hpp>

#include <ansatz/job/initialize.hpp>

namespace ansatz {

void initialize_parameters(const Model& model, InitialValues& values) {
  RandomState rng(std::vector<std::int64_t>{2013, 1, 4});
  for (const ModelParameter& p : model.parameters()) {
    if (p.shape().rank != 2) continue;
    const std::vector<double> w = glorot_uniform(rng, p.shape()[0], p.shape()[1]);
    values.set(p.name.view(), w.data(), static_cast<std::int64_t>(w.size()));
  }
}

}  // namespace ansatz
