// Where a model comes from: the runs that trained it, and the files that they read.
#pragma once

#include <ansatz/serial/model_file.hpp>

#include <map>
#include <string>
#include <vector>

namespace ansatz {

class Train;

/// This process, for RunOptions::origin: "command" (its command line, as a shell reads it), "host",
/// "system" (kernel and machine), "begun" (the time, UTC), "ansatz" and "openblas" (versions).
RunOrigins origin_of_process();

/// Adds the files of a job's data sets.
void add_data_files(const Train& job, std::vector<std::string>& list);

/// The files that a job reads, as they are when this is made: those of its data sets, and the one
/// that it begins with. Folders are left out.
class FilesRead {
 public:
  FilesRead() = default;
  explicit FilesRead(const Train& job);

  /// SHA-256 of each; of one that has changed since, "changed during the run": what was read is
  /// gone. Paths below the data path are told from there on. A file is read for it once in a
  /// process, and one of 64 MB or more once on a machine: what it was, of which size and date, is
  /// remembered in a file `sha256` in the folder of compiled loops.
  std::map<std::string, std::string> hashes() const;

 private:
  std::map<std::string, std::string> states_;  // of a path the place, the size and the date
};

}  // namespace ansatz
