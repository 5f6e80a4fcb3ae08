// OutputFile: a file that a job writes.
#pragma once

#include <ansatz/base/object.hpp>

#include <string>
#include <vector>

namespace ansatz {

class Train;

/// A model file that some part of a job writes while the job runs.
struct OutputFile {
  const Object* by;  ///< whose key names it; null: the job's own save_path
  const char* key;   ///< "save_path"
  std::string path;
};

/// All files that a job writes: its own, then those of its extensions.
std::vector<OutputFile> outputs_of(const Train& job);

}  // namespace ansatz
