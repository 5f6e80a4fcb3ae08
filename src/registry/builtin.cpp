#include "builtin.hpp"

namespace ansatz {

void add_builtin_classes(Registry& to) {
  add_jobs(to);
  add_layers(to);
  add_models(to);
  add_costs(to);
  add_datasets(to);
  add_training(to);
  add_termination(to);
  add_extensions(to);
  add_spaces(to);
  add_functions(to);
  add_numpy(to);
}

}  // namespace ansatz
