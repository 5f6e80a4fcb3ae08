// Where a model comes from: the runs that trained it, and the files that they read.
#pragma once

#include <ansatz/serial/model_file.hpp>

#include <map>
#include <string>

namespace ansatz {

class Train;

/// This process, for RunOptions::origin: "command" (its command line, as a shell reads it), "host",
/// "system" (kernel and machine), "begun" (the time, UTC), "ansatz" and "openblas" (versions).
RunOrigins origin_of_process();

/// SHA-256 of the files that a job reads: those of its data sets, and the one that it begins with.
/// Paths below the data path are told from there on; folders are left out. A file is read for it
/// once in a process, and one of 64 MB or more once on a machine: what it was, of which size and
/// date, is remembered in a file `sha256` in the folder of compiled loops.
std::map<std::string, std::string> hashes_of_files(const Train& job);

}  // namespace ansatz
