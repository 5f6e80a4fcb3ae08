// SelfTrainingModel: a model without gradients, and what trains it.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/data/table.hpp>
#include <ansatz/job/cost.hpp>

#include <functional>
#include <memory>

ANSATZ_COMPILED_ONCE

namespace ansatz {

class Archive;
class Session;
class Store;

/// Makes `count` examples of as many, row-major: in [count, inputs], out [count, outputs].
using RowMap = std::function<void(const double* in, double* out, std::int64_t count)>;

/// A model that trains itself at work.
class ModelRun {
 public:
  virtual ~ModelRun() = default;
  /// One pass over all of the data.
  virtual void train_all(const Table& data) = 0;
  /// Asked before each pass.
  virtual bool continue_learning() = 0;
  /// What DefaultTrainingAlgorithm calls: one update on some of the data. Returns whether to go on.
  /// Throws ValueError where there is none.
  virtual bool train_batch(const Table& data, int batch_size);
  /// What it remembers beside the parameters, for the model file.
  virtual void state(Archive&) {}
};

/// A model that trains itself, such as k-means: a description, as all models are. What it learns
/// are parameters, in the session's store; `start` makes the run that learns them. Given to Train
/// with no algorithm, it is trained by
///
///     while (run.continue_learning()) run.train_all(data);
///
/// with extensions and saving around it:
///
///     const Train job(data, KMeans(10), save_path("k-means.ansatz"), save_freq(1));
///     Session(job, build_programs(job, ElementType::float32), {}).run();
///
/// One with an `output` is a block: it predicts (its `functions` are then those of Model), and may
/// stand in an MLP as a PretrainedLayer. See also DefaultTrainingAlgorithm.
class SelfTrainingModel : public Model {
 public:
  constexpr SpaceInfo input_space() const override { return {}; }
  using Model::parameters;
  constexpr void parameters(ir::List<ModelParameter>&) const override {}
  void initialize(InitialValues&) const override {}
  constexpr void functions(const Data&, FunctionList&) const override {}
  constexpr bool trains_itself() const final { return true; }
  std::unique_ptr<ModelRun> start(Session& session) const override = 0;
  /// What it makes of examples as a block, where that is no expression: such a model overrides
  /// output_space as well. Null: its output is one.
  /// @param parameters  of float64; it holds them, not the model
  virtual RowMap row_map(const Store& /*parameters*/) const { return nullptr; }
};

}  // namespace ansatz
