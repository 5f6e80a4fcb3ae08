// Job files with faults: what the messages say.
#include <ansatz/registry/job.hpp>
#include <dsl/exceptions.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <set>

namespace {

using namespace ansatz;
namespace fs = std::filesystem;

const fs::path faulty_folder = fs::path(ANSATZ_TESTS_FOLDER) / "registry" / "faulty";

std::vector<fs::path> faulty_files() {
  std::vector<fs::path> files;
  for (const auto& each : fs::directory_iterator(faulty_folder))
    if (each.path().extension() == ".yaml") files.push_back(each.path());
  std::sort(files.begin(), files.end());
  return files;
}

// The words after "# expect: " at the top of a file.
std::vector<std::string> expectations(const fs::path& path) {
  std::ifstream file(path);
  std::vector<std::string> words;
  const std::string mark = "# expect: ";
  for (std::string line; std::getline(file, line) && line.starts_with(mark);)
    words.push_back(line.substr(mark.size()));
  return words;
}

std::string message_of(const fs::path& path) {
  LoadOptions options;
  options.environment["FAULTY"] = faulty_folder.string();
  try {
    (void)load_job(path.string(), options);
  } catch (const FileError& error) {
    return error.what();
  }
  return "";
}

// Whether every line names the file, a line and a column.
bool names_places(const std::string& message, const std::string& file) {
  for (std::size_t from = 0; from < message.size();) {
    const std::size_t end = std::min(message.find('\n', from), message.size());
    const std::string line = message.substr(from, end - from);
    from = end + 1;
    const std::size_t at = line.find(file + ":");
    if (at == std::string::npos) return false;
    std::size_t i = at + file.size() + 1;
    for (int number = 0; number < 2; ++number) {
      const std::size_t first = i;
      while (i < line.size() && std::isdigit(static_cast<unsigned char>(line[i]))) ++i;
      if (i == first || i >= line.size() || line[i] != ':') return false;
      ++i;
    }
  }
  return true;
}

// A message without what differs from file to file: places, paths, names, numbers.
std::string kind_of(const std::string& message) {
  std::string line = message.substr(0, message.find('\n'));
  std::string kind;
  bool quoted = false;
  for (const char c : line.substr(line.rfind("yaml:") + 5)) {
    if (c == '\'') quoted = !quoted;
    if (!quoted && std::isalpha(static_cast<unsigned char>(c))) kind += c;
  }
  return kind;
}

}  // namespace

TEST_CASE("faulty jobs: each message says where, what was found and what is allowed",
          "[registry][faulty]") {
  const std::vector<fs::path> files = faulty_files();
  REQUIRE(files.size() >= 60);
  std::set<std::string> kinds;
  for (const fs::path& path : files) {
    const std::string message = message_of(path);
    INFO(path.filename().string() << "\n" << message);
    CHECK(!message.empty());
    const std::vector<std::string> expected = expectations(path);
    CHECK(!expected.empty());
    for (const std::string& words : expected) {
      INFO(words);
      CHECK(message.find(words) != std::string::npos);
    }
    CHECK(names_places(message, path.filename().string()));
    kinds.insert(kind_of(message));
  }
  CHECK(kinds.size() >= 25);
}

TEST_CASE("faulty jobs: with check_only a missing file is a warning", "[registry][faulty]") {
  LoadOptions options;
  options.check_only = true;
  for (const char* name : {"data_file_missing.yaml", "start_values_missing.yaml"}) {
    const Job job = load_job((faulty_folder / name).string(), options);
    REQUIRE(job.warnings.size() == 1);
    CHECK(job.warnings[0].find(std::string(name) + ":") != std::string::npos);
    CHECK(job.phases[0].train);
  }
  const Job without_model = load_job((faulty_folder / "model_file_missing.yaml").string(), options);
  CHECK(without_model.warnings.size() == 1);
  CHECK(!without_model.phases[0].train);
}
