// OutputFiles: the files that a job writes, settled before it trains.
#pragma once

#include <ansatz/job/train.hpp>
#include <ansatz/serial/model_file.hpp>
#include <ansatz/session/output_file.hpp>

#include <functional>
#include <string>

namespace ansatz {

class OutputFiles {
 public:
  explicit OutputFiles(const Train& job) : job_(job) {}

  /// The file at save_path is of this run, which is resumed: it may be replaced in any case.
  void resumed() { written_ = true; }
  /// Throws the FileError that a save would throw, before anything is read: folders, permissions,
  /// two outputs on one file, outputs on inputs.
  void look() const;
  /// When all that will be saved has a name: whether it can be saved, by trying.
  void rehearse(const std::function<ModelFile()>& model_file) const;
  /// Saves, by the rules of overwriting where it is to the job's save_path. Where that fails, to
  /// another place, and throws an error that names it.
  void write(const std::string& path, const std::function<ModelFile()>& model_file);

 private:
  /// Whether a file that is there may be replaced by the first save.
  Overwrite overwrite() const;
  void write(const std::string& path, Overwrite how, const ModelFile& file) const;
  /// Where it was saved; "": nowhere.
  std::string save_elsewhere(const std::string& path, const ModelFile& file) const;

  const Train& job_;
  bool written_ = false;
};

}  // namespace ansatz
