// CSVLogger: the records as a table that grows while the job runs.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/extension.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Writes each record of the monitor to a CSV file at once: a row a record, a column a channel, the
/// columns of `ansatz monitor csv`. Keras' CSVLogger. The file is written anew when the run begins
/// or goes on, with the records that there are already, and when other channels come. What is there
/// and no such table is not written over: FileError before anything runs. A row that cannot be
/// written is a warning; the training goes on, and the records are in the model file as well.
class CSVLogger : public Extension {
 public:
  static constexpr const char* yaml = "ansatz.train_extensions.CSVLogger";
  static constexpr const char* doc = "writes each record to a CSV file at once";
  String filename;

  constexpr CSVLogger() {}
  constexpr explicit CSVLogger(const char* path) : filename(path) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("filename", &CSVLogger::filename, "the file").is_output();
  }
  void outputs(std::vector<OutputFile>& list) const override;
  std::unique_ptr<ExtensionRun> start(Session& session) const override;
};

}  // namespace ansatz
