// What a run demands of the file that it goes on with.
#pragma once

#include <ansatz/serial/model_file.hpp>
#include <ansatz/session/run_options.hpp>

#include <map>
#include <string>

namespace ansatz {

/// FileError, with a line for each difference, where the program, machine or options are not those
/// of the run that saved the file, so that it would not go on with the same bits.
void require_same_bits(const ModelFile& file, const RunOptions& options, const std::string& path);

/// FileError where that run had other data.
/// @param data  of each data set, as ModelFile::data has it
void require_same_data(const ModelFile& file, const std::map<std::string, std::string>& data,
                       const std::string& path);

/// Where the job is written otherwise than that of the file: a warning with the first difference;
/// else "".
std::string other_job(const ModelFile& file, const std::string& job_yaml, const std::string& path);

}  // namespace ansatz
