// OutputFile: a file that a job writes.
#pragma once

#include <ansatz/base/object.hpp>
#include <ansatz/files/atomic_file.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace ansatz {

class Train;

/// A model; a table of records, which any run begins anew; a folder for files with names of their
/// own.
enum class OutputKind : std::uint8_t { model, table, folder };

/// A file that some part of a job writes while the job runs.
struct OutputFile {
  const Object* by;  ///< whose key names it; null: the job's own save_path
  const char* key;   ///< "save_path"
  std::string path;
  OutputKind kind = OutputKind::model;
};

/// Whether one of them would be lost to the other. Several parts may write into one folder.
inline bool exclude_each_other(OutputKind a, OutputKind b) {
  return a != OutputKind::folder || b != OutputKind::folder;
}

/// All files that a job writes: its own, then those of its extensions.
std::vector<OutputFile> outputs_of(const Train& job);

/// Throws the FileError that writing it would throw, as far as that can be seen.
/// @param overwrite  what a save of a model does with one that is there
/// @param bytes      of a model
void look_at(const OutputFile& out, Overwrite overwrite, std::int64_t bytes);

}  // namespace ansatz
