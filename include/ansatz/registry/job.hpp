// Job files: from YAML to jobs that can be run.
#pragma once

#include <ansatz/session/phases.hpp>
#include <ansatz/yaml/environment.hpp>
#include <dsl/array.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ansatz {

/// How a job file is read.
struct LoadOptions {
  std::vector<std::string> defines;    ///< "name=value" for %(name)s
  std::vector<std::string> overrides;  ///< "algorithm.learning_rate=.05"
  /// Data files that have moved: the file a job names, whole or its last part, and where it is now.
  std::map<std::string, std::string> data;
  /// Variables for ${NAME} beside those of the process and of the job's file.
  std::map<std::string, std::string> environment;
  /// Only check: a missing data file or model file is a warning, and no data is read.
  bool check_only = false;
  /// Whether the job is to be run, so that what it writes is looked at: folders, permissions, kinds
  /// of files, overwrite rules, room for one save, two outputs on one file, outputs on inputs.
  bool writes = true;
  /// Whether %(name)s are filled in. Not in the text of a model file: they were when it was made.
  bool fill = true;
  /// Variables as a model file has them: they stand behind the process's in paths, and before them
  /// elsewhere. In the text of a model file a ${NAME} that is known nowhere stays as it is.
  std::map<std::string, std::string> stored_variables;
  /// The model as it was made when a job was run, to be read where the job takes it from model
  /// files, which need not be there any more; and the file that says so, for messages.
  std::string model_yaml, model_of;
  /// Whether a run is to be resumed: what a job takes from model files that are not there any more,
  /// or from the one that it saves to, is read from the latter.
  bool resume = false;
  /// The model files that are being read, as `file_id` tells them, the outermost first: none can be
  /// in itself.
  std::vector<std::string> inside = {};
  /// Of what is computed while the file is read, such as get_channel: float32 or float64.
  ElementType precision = ElementType::float32;
};

/// What a job file holds. `PYLEARN2_TRAIN_PHASE` is the phase's name while its strings are read.
struct Job {
  std::string path;
  std::vector<Phase> phases;
  Shared<Dataset> dataset;  ///< of a file that is only checked and holds a data set, but no job
  std::vector<std::string> warnings;  ///< file:line:column: …
  /// The files that its keys name, which it reads; data sets know of others (Dataset::files).
  std::vector<std::string> reads;
};

/// A file, whatever path leads to it.
std::string file_id(const std::string& path);

/// Reads a job file and checks it whole: syntax, classes, keys, types, ranges, and the shapes from
/// layer to layer, before anything runs. FileError with all errors of the file, one a line, each
/// with file:line:column, the path of the key, what was found, what is allowed, the nearest name.
Job load_job(const std::string& path, const LoadOptions& options = {});

/// The same of a text; `name` stands for the file in messages.
Job load_job_text(const std::string& name, const std::string& text,
                  const LoadOptions& options = {});

/// Any object of a registered class from YAML, such as a model or a data set. FileError as above.
/// @param reads  gets the files that its keys name, as Job::reads; may be null
Shared<Object> load_object(const std::string& name, const std::string& text,
                           const LoadOptions& options = {},
                           std::vector<std::string>* reads = nullptr);

}  // namespace ansatz
