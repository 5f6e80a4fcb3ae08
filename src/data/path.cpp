#include <ansatz/data/path.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <utility>

namespace ansatz {

namespace {

// The folder that a variable names, and the variable; null where none does.
std::pair<const char*, const char*> named_folder() {
  for (const char* variable : {"ANSATZ_DATA_PATH", "PYLEARN2_DATA_PATH"})
    if (const char* path = std::getenv(variable); path && *path) return {path, variable};
  return {nullptr, nullptr};
}

}  // namespace

std::string data_path() {
  const char* const path = named_folder().first;
  return path ? path : "./data";
}

std::string data_path_source() {
  const char* const variable = named_folder().second;
  return variable ? variable : "";
}

std::optional<std::string> find_data(const std::string& name) {
  const auto plain = (std::filesystem::path(data_path()) / name).string();
  std::error_code error;
  for (const std::string& path : {plain, plain + ".gz"})
    if (std::filesystem::is_regular_file(path, error)) return path;
  return std::nullopt;
}

std::string require_data(const std::string& name) {
  if (auto path = find_data(name)) return *path;
  const std::string variable = data_path_source();
  throw FileError(fmt::format(
      "{0}/{1}: no such file, nor {1}.gz; {2} the folder with the data sets", data_path(), name,
      variable.empty() ? "ANSATZ_DATA_PATH in the environment can name"
                       : variable + " in the environment names"));
}

}  // namespace ansatz
