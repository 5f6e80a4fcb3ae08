#include <ansatz/session/loaded_model.hpp>

#include <ansatz/job/cost.hpp>
#include <ansatz/session/session.hpp>

#include <ansatz/model/values_from_file.hpp>
#include "state_archive.hpp"

namespace ansatz {

LoadedModel::LoadedModel(Shared<Model> model, std::shared_ptr<const ModelFile> file)
    : model_(std::move(model)), file_(std::move(file)), monitors_(file_->monitors) {}

void LoadedModel::initialize(InitialValues& values) const {
  set_from_file(*file_, "the model file", *model_, values);
}

Shared<Cost> LoadedModel::default_cost() const { return model_->default_cost(); }

std::unique_ptr<ModelRun> LoadedModel::start(Session& session) const {
  std::unique_ptr<ModelRun> run = model_->start(session);
  StateValues learned = file_->values;
  RandomStates random = file_->random;
  StateArchive archive(learned, random, false);
  // The names are those of the algorithm's run where there was one: DefaultTrainingAlgorithm.
  for (const char* prefix : {"model", "algorithm.model"}) {
    archive.enter(prefix);
    run->state(archive);
    archive.leave();
  }
  return run;
}

}  // namespace ansatz
