#include "reference.hpp"

#include <catch2/catch.hpp>

#include <ansatz/data/path.hpp>
#include <ansatz/data/sets/mnist.hpp>
#include <ansatz/program/build_programs.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/session/session.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace exactness {

using namespace ansatz;

namespace {

// Not by operator+, of which g++ 12 says that it writes out of bounds.
std::string path_of(const char* folder, const std::string& name) {
  std::string path = ANSATZ_TESTS_FOLDER;
  path += folder;
  path += name;
  return path;
}

bool mentions(const std::string& path, const std::string& word) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str().find(word) != std::string::npos;
}

}  // namespace

std::map<std::string, std::vector<double>> reference_run(const std::string& name) {
  std::ifstream file(path_of("/exactness/reference/", name));
  REQUIRE(file);
  std::map<std::string, std::vector<double>> run;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream cells(line);
    std::string channel, cell;
    std::getline(cells, channel, ',');
    while (std::getline(cells, cell, ',')) run[channel].push_back(std::stod(cell));
  }
  return run;
}

std::vector<std::string> channel_names(const std::map<std::string, std::vector<double>>& run) {
  std::vector<std::string> names;  // in the order of the map
  for (const auto& [name, values] : run)
    if (name[0] != '(') names.push_back(name);
  return names;
}
std::vector<std::string> channel_names(const ansatz::MonitorRecords& run) {
  std::vector<std::string> names;
  for (const ansatz::ChannelRecords& c : run.channels) names.push_back(c.name);
  std::sort(names.begin(), names.end());
  return names;
}

bool have_mnist() {
  if (find_mnist()) return true;
  WARN("MNIST is not there (ANSATZ_DATA_PATH): skipped");
  return false;
}

namespace {
// Files that a job saves lie in a folder of their own, which goes with this.
struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name =
        (std::filesystem::temp_directory_path() / "ansatz-exactness-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
};
struct Quiet : RunObserver {};
}  // namespace

MonitorRecords train(const std::string& name, const std::vector<std::string>& defines,
                     const std::vector<std::string>& overrides, ElementType precision) {
  const Folder folder;
  const std::string path = path_of("/jobs/", name);
  LoadOptions options;
  options.defines = defines;
  if (mentions(path, "%(save_path)s"))
    options.defines.push_back("save_path=" + folder.path.string());
  options.overrides = overrides;
  const Job job = load_job(path, options);
  REQUIRE(job.phases.size() == 1);
  Train& train = *job.phases[0].train;
  train.save_path = "";
  train.save_freq = 0;
  Quiet quiet;
  RunOptions run;
  run.observer = &quiet;
  Session session(train, build_programs(train, precision), run);
  session.run();
  return session.records();
}

}  // namespace exactness
