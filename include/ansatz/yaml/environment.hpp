// ${VAR} in the strings of a job, replaced late: when an object is made.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ansatz::yaml {

/// Variables of a job; those of the process stand behind them.
class Environment {
 public:
  Environment() = default;
  /// With what Pylearn2 publishes about the job's file: for "jobs/mlp.yaml"
  ///
  ///     PYLEARN2_TRAIN_FILE_FULL_STEM  jobs/mlp      PYLEARN2_TRAIN_DIR        jobs/
  ///     PYLEARN2_TRAIN_BASE_NAME       mlp.yaml      PYLEARN2_TRAIN_FILE_STEM  mlp
  ///     PYLEARN2_TRAIN_FILE_NAME       jobs/mlp, as the first was called at first
  static Environment of_job(const std::string& path);

  /// Replaces an earlier value.
  void set(std::string name, std::string value);
  /// What a model file says the variables were: before those of the process in text, behind them
  /// in paths, which may be others on another machine. A name that is known nowhere then stays as
  /// it is, with its "${".
  void stored(std::map<std::string, std::string> values);
  bool keeps_unknown() const { return keeps_unknown_; }
  /// Of a path: see `stored`.
  std::optional<std::string> find_for_path(std::string_view name) const;
  /// Of this environment, else of the process. ANSATZ_DATA_PATH and PYLEARN2_DATA_PATH are two
  /// names of one value; when neither is set it is ./data if there is such a folder.
  std::optional<std::string> find(std::string_view name) const;
  /// Of this environment and of the process.
  std::vector<std::string> names() const;

 private:
  std::map<std::string, std::string, std::less<>> values_, stored_;
  bool keeps_unknown_ = false;
};

/// `text` with each ${VAR} replaced by its value (which is not looked at again). ValueError if a
/// "${" has no "}" before the end or the next "${", NameError, with the nearest name, if there is
/// no such variable.
std::string expand(std::string_view text, const Environment& environment);

/// As expand; then "~" and "~user" at the start become a home folder, where there is one.
std::string expand_path(std::string_view text, const Environment& environment);

}  // namespace ansatz::yaml
