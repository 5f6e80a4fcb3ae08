#include <ansatz/model/self_training.hpp>

#include <dsl/exceptions.hpp>

namespace ansatz {

std::unique_ptr<ModelRun> Model::start(Session&) const {
  throw ValueError("the model does not train itself; give the job an algorithm");
}

bool ModelRun::train_batch(const Table&, int) {
  throw ValueError(
      "the model has no train_batch, which DefaultTrainingAlgorithm calls; leave the "
      "algorithm out to train it by train_all");
}

}  // namespace ansatz
