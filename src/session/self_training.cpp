#include <ansatz/model/self_training.hpp>

#include <ansatz/session/session.hpp>

namespace ansatz {

namespace {

class SelfTrainingRun final : public ModelRun {
 public:
  explicit SelfTrainingRun(SelfTrainingModel& model) : model_(model) {}
  void train_all(const Table& data) override { model_.train_all(data); }
  bool continue_learning() override { return model_.continue_learning(); }
  void state(Archive& archive) override { model_.state(archive); }

 private:
  SelfTrainingModel& model_;
};

}  // namespace

std::unique_ptr<ModelRun> SelfTrainingModel::start(Session&) const {
  // The job owns the model, and is the one that may change it.
  return std::make_unique<SelfTrainingRun>(const_cast<SelfTrainingModel&>(*this));
}

}  // namespace ansatz
