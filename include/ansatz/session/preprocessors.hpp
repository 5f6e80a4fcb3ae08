// The preprocessors of a job at work.
#pragma once

#include <ansatz/data/source.hpp>
#include <ansatz/files/tensor_file.hpp>
#include <ansatz/job/train.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ansatz {

/// Each preprocessor of a job is fitted once, when it is needed first, on the data set that says
/// fit_preprocessor, or brought back from a model file; there what it has learned is state called
/// "preprocessor.0.mean", numbered as the data sets of the job name them: the one that is trained
/// on, then those that are monitored.
class Preprocessors {
 public:
  using Open = std::function<std::shared_ptr<const BatchSource>(const Dataset&)>;

  /// ValueError where several different data sets fit a preprocessor.
  explicit Preprocessors(const Train& job);
  /// ValueError where one that learns is neither fitted on a data set nor brought back.
  void require_fitted() const;

  /// Whether there is one for the data that are trained on.
  bool any() const { return static_cast<bool>(first_); }
  /// Brings back what preprocessors had learned.
  void take(const std::vector<NamedTensor>& state);
  /// What those at work have learned.
  std::vector<NamedTensor> learned() const;
  /// Saves the preprocessor of the data that are trained on, once it is at work: see
  /// save_preprocessor.
  void save_first(const std::string& path) const;
  /// Whether state of this name is what a preprocessor has learned.
  static bool owns(std::string_view state);

  /// The examples of a data set as the job reads them.
  /// @param data  as they are
  /// @param open  opens the data set that a preprocessor is fitted on
  std::shared_ptr<const BatchSource> apply(const Dataset& set,
                                           std::shared_ptr<const BatchSource> data,
                                           const Open& open);
  /// The same for data given in place of those that are trained on.
  std::shared_ptr<const BatchSource> apply_first(std::shared_ptr<const BatchSource> data,
                                                 const Open& open);

 private:
  struct Entry {
    Shared<Preprocessor> description;
    Shared<Dataset> fitted_on;
    std::shared_ptr<PreprocessorRun> run;  // fitted; else null
  };
  std::shared_ptr<const BatchSource> apply(const Shared<Preprocessor>& preprocessor,
                                           std::shared_ptr<const BatchSource> data,
                                           const Open& open);

  std::vector<Entry> entries_;
  Shared<Preprocessor> first_;  // of the data that are trained on
};

}  // namespace ansatz
