#include <ansatz/data/path.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

namespace ansatz {

std::string data_path() {
  const char* path = std::getenv("ANSATZ_DATA_PATH");
  return path && *path ? path : "./data";
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
  throw FileError(fmt::format(
      "{0}/{1}: no such file, nor {1}.gz; ANSATZ_DATA_PATH {2} the folder with the data sets",
      data_path(), name,
      std::getenv("ANSATZ_DATA_PATH") ? "in the environment names"
                                      : "in the environment can name"));
}

}  // namespace ansatz
