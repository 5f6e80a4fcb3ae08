// Preprocessor: what is done to the features of a data set before anything reads them.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/options.hpp>
#include <ansatz/spaces/space_info.hpp>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

ANSATZ_COMPILED_ONCE

namespace ansatz {

class BatchSource;

/// Numbers that a preprocessor has learned: row-major, of any shape.
struct LearnedArray {
  std::vector<std::int64_t> shape = {};
  std::vector<double> values = {};
};

/// Visits what a preprocessor has learned by name, to save it or to bring it back.
class LearnedArrays {
 public:
  virtual void operator()(std::string_view name, LearnedArray& array) = 0;

 protected:
  ~LearnedArrays() = default;
};

/// A preprocessor at work.
class PreprocessorRun : public std::enable_shared_from_this<PreprocessorRun> {
 public:
  virtual ~PreprocessorRun() = default;
  /// Learns what it needs from data as they are.
  virtual void fit(const std::shared_ptr<const BatchSource>&) {}
  /// The data as the job reads them. Throws ShapeError for examples of another size than those it
  /// was fitted on.
  virtual std::shared_ptr<const BatchSource> apply(
      std::shared_ptr<const BatchSource> data) const = 0;
  /// What undoes it, as far as that can be: what was left out is 0 or the mean. Null: nothing does.
  virtual std::shared_ptr<PreprocessorRun> inverse() const { return nullptr; }
  /// What it has learned: part of the model file.
  virtual void learned(LearnedArrays&) {}
};

/// The description of a preprocessor. It is fitted on one data set of a job and then does the same
/// to all that name it; to rows that `ansatz predict` is given, too. One of single examples is a
/// RowPreprocessor.
class Preprocessor : public Object {
 public:
  static constexpr const char* kind_name = "preprocessor";

  /// The Space of the features that it makes of those of a Space.
  constexpr virtual SpaceInfo output_space(const SpaceInfo& features) const { return features; }
  /// Whether it must be fitted before it can be applied.
  constexpr virtual bool learns() const { return true; }
  virtual std::shared_ptr<PreprocessorRun> start() const = 0;
};

/// What a data set whose features can be preprocessed has among its keys.
struct Preprocessing {
  Shared<Preprocessor> preprocessor;
  bool fit_preprocessor = false;

  template <class K>
  static constexpr void preprocessing_keys(K& key) {
    key("preprocessor", &Preprocessing::preprocessor, "what is done to the features");
    key("fit_preprocessor", &Preprocessing::fit_preprocessor,
        "the preprocessor learns from this data set what it needs");
  }
};

}  // namespace ansatz
