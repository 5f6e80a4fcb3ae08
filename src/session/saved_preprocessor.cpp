#include <ansatz/session/saved_preprocessor.hpp>

#include <ansatz/base/describe.hpp>
#include <ansatz/base/version.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

namespace {

constexpr const char* kind = "preprocessor";
constexpr const char* yaml_key = "ansatz.preprocessor";

class Saving final : public LearnedArrays {
 public:
  Saving(const std::string& prefix, std::vector<NamedTensor>& to) : prefix_(prefix), to_(to) {}
  void operator()(std::string_view name, LearnedArray& array) override {
    to_.emplace_back(prefix_ + std::string(name), array.shape, array.values.data());
  }

 private:
  const std::string& prefix_;
  std::vector<NamedTensor>& to_;
};

class Restoring final : public LearnedArrays {
 public:
  Restoring(const std::string& prefix, const std::vector<NamedTensor>& from)
      : prefix_(prefix), from_(from) {}
  void operator()(std::string_view name, LearnedArray& array) override {
    const std::string whole = prefix_ + std::string(name);
    const auto found = std::find_if(from_.begin(), from_.end(),
                                    [&](const NamedTensor& t) { return t.name == whole; });
    if (found == from_.end() || found->type != ElementType::float64) {
      complete = false;
      return;
    }
    array.shape = found->shape;
    array.values.assign(found->data<double>(), found->data<double>() + found->size());
  }
  bool complete = true;

 private:
  const std::string& prefix_;
  const std::vector<NamedTensor>& from_;
};

}  // namespace

std::vector<NamedTensor> learned_by(PreprocessorRun& run, const std::string& prefix) {
  std::vector<NamedTensor> list;
  Saving saving(prefix, list);
  run.learned(saving);
  return list;
}

bool bring_back(PreprocessorRun& run, const std::vector<NamedTensor>& learned,
                const std::string& prefix) {
  Restoring restoring(prefix, learned);
  run.learned(restoring);
  return restoring.complete;
}

std::shared_ptr<PreprocessorRun> FittedPreprocessor::start() const {
  auto run = description_->start();
  if (!bring_back(*run, learned_))
    throw FileError("the file of a preprocessor does not have all that it has learned");
  return run;
}

void save_preprocessor(const std::string& path, const Shared<Preprocessor>& description,
                       PreprocessorRun& run) {
  TensorFile file;
  file.metadata["ansatz.version"] = version;
  file.metadata[saved_kind_key] = kind;
  file.metadata[yaml_key] = to_yaml(*description);
  file.tensors = learned_by(run);
  write_tensor_file(path, file, Overwrite::replace, Replaces::saved);
}

SavedPreprocessor read_preprocessor(const std::string& path) {
  TensorFile file = read_tensor_file(path);
  const auto found = file.metadata.find(saved_kind_key);
  const auto yaml = file.metadata.find(yaml_key);
  if (found == file.metadata.end() || found->second != kind || yaml == file.metadata.end())
    throw FileError(fmt::format("{}: it does not hold a preprocessor", path));
  return {yaml->second, std::move(file.tensors)};
}

}  // namespace ansatz
