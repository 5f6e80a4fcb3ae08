#include "output_option.hpp"
#include "command.hpp"

#include <ansatz/base/shown.hpp>
#include <ansatz/files/atomic_file.hpp>
#include <ansatz/files/held_folder.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace ansatz::app {

namespace {

// Whether a file that is there is one of a folder that is read, such as one of pictures.
bool is_in_folder(const std::string& path, const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code none;
  if (!fs::is_directory(folder, none) || !fs::exists(path, none)) return false;
  const fs::path file = fs::canonical(path, none), whole = fs::canonical(folder, none);
  return std::mismatch(whole.begin(), whole.end(), file.begin(), file.end()).first == whole.end();
}

}  // namespace

void settle_output(const std::string& option, const std::string& path,
                   const std::vector<std::string>& inputs,
                   const std::vector<std::string>& suffixes) {
  std::string end = std::filesystem::path(path).extension().string();
  for (char& c : end) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (!suffixes.empty() && std::find(suffixes.begin(), suffixes.end(), end) == suffixes.end())
    throw CLI::ValidationError(
        option, fmt::format("{}: a file ending in '{}' cannot be written; allowed: {}", path, end,
                            fmt::join(suffixes, ", ")));
  for (const std::string& each : inputs)
    if (serial::file_named(each) == serial::file_named(path) || is_in_folder(path, each))
      throw FileError(
          fmt::format("cannot write '{}': it is read; give another file with {}", path, option));
  AtomicFile::look(path, Overwrite::replace, Replaces::no_models, 0);
}

void write_output(const std::string& path, const std::string& text) {
  AtomicFile file(path, Overwrite::replace, Replaces::no_models);
  file.write(text.data(), text.size());
  file.commit();
}

void warn(const std::string& text) { show_warning(shows_json ? text : "warning: " + text); }

}  // namespace ansatz::app
