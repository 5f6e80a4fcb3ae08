// SelfTrainingModel: a model without gradients.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/data/table.hpp>
#include <ansatz/job/cost.hpp>
#include <ansatz/job/dataset.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

class Archive;

/// A model that trains itself, such as k-means, by two methods:
///
///     while (model.continue_learning()) model.train_all(data);
///
/// Given to Train, with no algorithm, it is trained in just this way, with extensions and saving
/// around it:
///
///     Shared<KMeans> model(KMeans(10));
///     Session(Train(data, model, save_path("k-means.ansatz"), save_freq(1)), {}, {}).run();
class SelfTrainingModel : public Model {
 public:
  /// One pass over all of the data.
  virtual void train_all(const Table& data) = 0;
  virtual bool continue_learning() const = 0;
  void train_all(const Dataset& data) { train_all(*data.load()); }
  /// What it has learned, for the model file.
  virtual void state(Archive&) {}

  constexpr SpaceInfo input_space() const override { return {}; }
  using Model::parameters;
  constexpr void parameters(ir::List<ModelParameter>&) const override {}
  void initialize(InitialValues&) const override {}
  constexpr void functions(const Data&, FunctionList&) const override {}
  constexpr bool trains_itself() const final { return true; }
  std::unique_ptr<ModelRun> start(Session& session) const final;
};

}  // namespace ansatz
