// The model file: parameters, the job that trained them, its records, and all it takes to go on.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <ansatz/files/tensor_file.hpp>
#include <ansatz/serial/monitor_records.hpp>
#include <ansatz/serial/saved_state.hpp>

namespace ansatz {

/// Who trained a model: of each run what the command was, where, when and by which version.
using RunOrigins = std::vector<std::map<std::string, std::string>>;

/// The format that is written. A change that an older reader would misunderstand raises it.
inline constexpr int format_version = 1;

/// A trained model. As a file it is safetensors: parameters are tensors of their own names, others
/// have a prefix (`state/`, `random/`, `monitor/`, `wall_clock/`), text and small values stand in
/// the metadata under `ansatz.`; docs/model-file.md says where.
struct ModelFile {
  std::string library_version;  ///< of the program that wrote it; filled in by the writer if empty
  std::string floatX = "float32";  ///< precision of the computation, or "float64"
  std::string job_yaml, dataset_yaml, model_yaml;
  /// The job as it was made, where its text names model files, which need not be there any more.
  std::string made_job_yaml;
  /// What the ${NAME}s of the job stood for when it was read.
  std::map<std::string, std::string> variables;
  /// Of each data set of the run, "dataset" or the name it is monitored under: examples, columns,
  /// checksums.
  std::map<std::string, std::string> data;
  /// Of the parameters whose names do not say where they stand in the model: what they would be
  /// called if they did, such as "y_softmax_W" of "softmax_W".
  std::map<std::string, std::string> paths;
  bool has_paths = true;  ///< whether the file says so: older ones do not
  /// What has to be the same for the same bits: see environment.hpp.
  std::map<std::string, std::string> environment;
  /// Of each run that trained it, the first first: see origin.hpp. None where that was not wanted.
  RunOrigins runs;
  /// SHA-256 of the files that these runs read, by path.
  std::map<std::string, std::string> files;

  std::vector<NamedTensor> parameters;
  std::vector<NamedTensor> state;  ///< momenta, averages, best parameters, …
  StateValues values;              ///< of rules, schedules, criteria, extensions
  RandomStates random;
  StateValues tags;  ///< Pylearn2's model.tag, such as `MonitorBasedSaveBest.best_cost`
  std::vector<MonitorRecords> monitors;  ///< the current one is named "monitor"

  /// Times, which differ between two equal runs, as do the records of channels and moments that
  /// measure time.
  StateValues wall_clock;
};

/// Reads and checks a model file, whatever earlier format it has. FileError: as of
/// read_tensor_file; for other programs' files of tensors; for a format newer than this library;
/// for content that is missing or does not fit together.
ModelFile read_model_file(const std::string& path, Checksums checksums = Checksums::verify);

/// Replaces `path` as a whole (AtomicFile). NameError for parameters whose name begins with a
/// prefix of the format, and for names given twice; ValueError for records that do not fit
/// together and text that is not UTF-8; FileError if writing fails, and where `path` holds
/// something that is neither a model nor empty. The old file then stays.
void write_model_file(const std::string& path, const ModelFile& model,
                      Overwrite overwrite = Overwrite::replace);

/// The two halves of reading and writing. `path` is for messages.
ModelFile model_of(TensorFile file, const std::string& path);
TensorFile tensors_of(const ModelFile& model);

/// Whether a parameter cannot have this name because it begins with a prefix of the format.
bool reserved_name(std::string_view name);

/// Every difference of two models, one a line, none when they are equal to the bit; what measures
/// time, and where they come from, is left out.
std::vector<std::string> compare(const ModelFile& a, const ModelFile& b);

}  // namespace ansatz
