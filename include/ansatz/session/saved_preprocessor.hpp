// Preprocessors in files of their own.
#pragma once

#include <ansatz/files/tensor_file.hpp>
#include <ansatz/job/preprocessor.hpp>

#include <string>
#include <utility>
#include <vector>

namespace ansatz {

/// A preprocessor that has learned: what `!pkl:` of a saved one gives. It is as it is described,
/// but needs no data set to fit it; where several data sets name it, each gets the same.
class FittedPreprocessor : public Preprocessor {
 public:
  FittedPreprocessor(Shared<Preprocessor> description, std::vector<NamedTensor> learned)
      : description_(std::move(description)), learned_(std::move(learned)) {}

  const Object* described_as() const { return description_.get(); }
  void describe(Describer& to) const override { description_->describe(to); }
  const Shared<Preprocessor>& description() const { return description_; }
  SpaceInfo output_space(const SpaceInfo& features) const override {
    return description_->output_space(features);
  }
  bool learns() const override { return false; }
  /// FileError where the numbers are not those of such a preprocessor.
  std::shared_ptr<PreprocessorRun> start() const override;

 private:
  Shared<Preprocessor> description_;
  std::vector<NamedTensor> learned_;
};

/// What a file holds: the description in YAML, and the numbers by name.
struct SavedPreprocessor {
  std::string yaml;
  std::vector<NamedTensor> learned;
};

/// Replaces `path` by what a preprocessor at work has learned, and its description: a file of
/// tensors (safetensors). FileError if writing fails, and where `path` holds what is no such file.
void save_preprocessor(const std::string& path, const Shared<Preprocessor>& description,
                       PreprocessorRun& run);
/// FileError for damaged files, and for those of other things.
SavedPreprocessor read_preprocessor(const std::string& path);

/// What a preprocessor at work has learned, by name.
std::vector<NamedTensor> learned_by(PreprocessorRun& run, const std::string& prefix = "");
/// Brings it back. False where a number is missing that it learns.
bool bring_back(PreprocessorRun& run, const std::vector<NamedTensor>& learned,
                const std::string& prefix = "");

}  // namespace ansatz
