#include <ansatz/yaml/environment.hpp>
#include <ansatz/yaml/source.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/in_quotes.hpp>
#include <dsl/nearest_name.hpp>

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace ansatz::yaml {

namespace {

constexpr std::string_view our_data_path = "ANSATZ_DATA_PATH";
constexpr std::string_view pylearn2_data_path = "PYLEARN2_DATA_PATH";

bool is_data_path(std::string_view name) {
  return name == our_data_path || name == pylearn2_data_path;
}

std::optional<std::string> of_process(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value ? std::optional<std::string>(value) : std::nullopt;
}

[[noreturn]] void unknown(std::string_view name, const Environment& environment) {
  if (is_data_path(name))
    throw NameError(
        fmt::format("the environment variable {0} is not set; it names the folder with the data "
                    "sets: export {0}=/path/to/data (ANSATZ_DATA_PATH and PYLEARN2_DATA_PATH mean "
                    "the same; without them it is ./data, where there is such a folder)",
                    name));
  const std::vector<std::string> names = environment.names();
  const std::string_view nearest =
      nearest_name(name, std::vector<std::string_view>(names.begin(), names.end()));
  throw NameError(fmt::format("Unrecognized environment variable \"{}\".{}", name,
                              nearest.empty() ? "" : fmt::format(" Did you mean {}?", nearest)));
}

// The home folder of a user, "" being the one who runs the program.
std::optional<std::string> home(const std::string& user) {
  if (user.empty())
    if (auto folder = of_process("HOME")) return folder;
  passwd entry{};
  passwd* found = nullptr;
  std::string buffer(16384, '\0');
  if (user.empty()) {
    getpwuid_r(getuid(), &entry, buffer.data(), buffer.size(), &found);
  } else {
    getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found);
  }
  return found ? std::optional<std::string>(found->pw_dir) : std::nullopt;
}

}  // namespace

Environment Environment::of_job(const std::string& path) {
  Environment out;
  std::string stem = path;
  for (const std::string_view ending : {".yaml", ".yml"})
    if (path.ends_with(ending)) stem = path.substr(0, path.size() - ending.size());
  const auto after_slash = [](const std::string& text) { return text.substr(text.rfind('/') + 1); };
  // Pylearn2's earlier name for the same.
  for (const char* name : {"PYLEARN2_TRAIN_FILE_FULL_STEM", "PYLEARN2_TRAIN_FILE_NAME"})
    out.set(name, stem);
  out.set("PYLEARN2_TRAIN_DIR", path.substr(0, path.rfind('/') + 1));
  out.set("PYLEARN2_TRAIN_BASE_NAME", after_slash(path));
  out.set("PYLEARN2_TRAIN_FILE_STEM", after_slash(stem));
  return out;
}

void Environment::set(std::string name, std::string value) {
  values_[std::move(name)] = std::move(value);
}

void Environment::stored(std::map<std::string, std::string> values) {
  stored_.clear();
  for (auto& [name, value] : values) stored_.emplace(name, std::move(value));
  keeps_unknown_ = true;
}

std::optional<std::string> Environment::find_for_path(std::string_view name) const {
  const auto known = stored_.find(name);
  if (known == stored_.end()) return find(name);
  for (const std::string_view each : {name, our_data_path, pylearn2_data_path})
    if (each == name || is_data_path(name))
      if (auto value = of_process(each); value && !value->empty()) return value;
  return known->second;
}

std::optional<std::string> Environment::find(std::string_view name) const {
  if (const auto known = stored_.find(name); known != stored_.end()) return known->second;
  const auto here = [&](std::string_view wanted) -> std::optional<std::string> {
    const auto found = values_.find(wanted);
    return found == values_.end() ? std::nullopt : std::optional(found->second);
  };
  if (!is_data_path(name)) {
    const auto value = here(name);
    return value ? value : of_process(name);
  }
  const auto other = name == our_data_path ? pylearn2_data_path : our_data_path;
  for (const std::string_view either : {name, other})
    if (auto value = here(either)) return value;
  for (const std::string_view either : {our_data_path, pylearn2_data_path})
    if (auto value = of_process(either); value && !value->empty()) return value;
  std::error_code error;
  if (std::filesystem::is_directory("./data", error)) return "./data";
  return std::nullopt;
}

std::vector<std::string> Environment::names() const {
  std::vector<std::string> out;
  for (const auto& [name, value] : values_) out.push_back(name);
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text = *entry;
    out.emplace_back(text.substr(0, text.find('=')));
  }
  return out;
}

namespace {

template <class Find>
std::string expanded(std::string_view text, const Environment& environment, Find find) {
  std::string out;
  std::size_t done = 0;
  while (true) {
    const std::size_t open = text.find("${", done);
    out += text.substr(done, open == text.npos ? text.npos : open - done);
    if (open == text.npos) return out;
    const std::size_t close = text.find('}', open);
    if (close == text.npos || text.find("${", open + 2) < close)
      throw ValueError(fmt::format("\"${{\" has no \"}}\" before the end or the next \"${{\" in {}",
                                   in_quotes(text)));
    const std::string_view name = text.substr(open + 2, close - open - 2);
    const auto value = find(name);
    if (!value && !environment.keeps_unknown()) unknown(name, environment);
    out += value ? *value : text.substr(open, close + 1 - open);
    done = close + 1;
  }
}

}  // namespace

std::string expand(std::string_view text, const Environment& environment) {
  return expanded(text, environment, [&](std::string_view name) { return environment.find(name); });
}

std::string expand_path(std::string_view text, const Environment& environment) {
  const std::string path = expanded(
      text, environment, [&](std::string_view name) { return environment.find_for_path(name); });
  if (!path.starts_with('~')) return path;
  const std::size_t end = std::min(path.find('/'), path.size());
  const auto folder = home(path.substr(1, end - 1));
  return folder ? *folder + path.substr(end) : path;
}

}  // namespace ansatz::yaml
