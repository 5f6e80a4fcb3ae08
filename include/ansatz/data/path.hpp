// Where data sets are kept.
#pragma once

#include <optional>
#include <string>

namespace ansatz {

/// The folder with the data sets: `ANSATZ_DATA_PATH` from the environment, or else
/// `PYLEARN2_DATA_PATH`, or `./data` when both are not set or empty.
std::string data_path();

/// The variable that names it; "" where it is `./data`.
std::string data_path_source();

/// The path of `name` (such as "mnist/train-images-idx3-ubyte") below data_path(), as it is or
/// with ".gz" behind it; nothing when neither is a file.
std::optional<std::string> find_data(const std::string& name);

/// As find_data, but a missing file is a FileError that says where it was looked for.
std::string require_data(const std::string& name);

}  // namespace ansatz
