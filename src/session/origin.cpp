#include <ansatz/session/origin.hpp>

#include <ansatz/base/version.hpp>
#include <ansatz/compile/compile.hpp>
#include <ansatz/data/path.hpp>
#include <ansatz/files/without_size_signal.hpp>
#include <ansatz/job/train.hpp>
#include <dsl/exceptions.hpp>

#include "../base/in_shell.hpp"
#include "../base/sha256.hpp"

#include <cblas.h>
#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <optional>
#include <vector>

namespace ansatz {

namespace fs = std::filesystem;

namespace {

constexpr off_t remembered_from = 64 << 20;  // a twentieth of a second of hashing

std::string command_line() {
  std::ifstream file("/proc/self/cmdline");
  const std::string all{std::istreambuf_iterator<char>(file), {}};
  std::string line;
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = std::min(all.find('\0', at), all.size());
    std::string word = all.substr(at, end - at);
    // Where the program lies is nobody's business.
    if (at == 0) word = fs::path(word).filename().string();
    line += (at ? " " : "") + in_shell(word);
    at = end + 1;
  }
  return line;
}

std::string openblas_version() {
  const std::string config = openblas_get_config();  // "OpenBLAS 0.3.21 NO_LAPACKE …"
  const std::size_t begin = config.find(' ') + 1;
  return config.substr(begin, config.find(' ', begin) - begin);
}

/// A file as it is now.
struct State {
  std::string path;
  off_t size;
  long long changed;  // ns

  /// A line of what is remembered begins with the hash; this follows.
  std::string text() const { return fmt::format("{} {} {}", size, changed, path); }
};

std::optional<State> state_of(const std::string& path) {
  struct stat s {};
  std::error_code error;
  const fs::path whole = fs::canonical(path, error);
  if (error || ::stat(path.c_str(), &s) != 0 || !S_ISREG(s.st_mode)) return {};
  return State{whole.string(), s.st_size, s.st_mtim.tv_sec * 1'000'000'000LL + s.st_mtim.tv_nsec};
}

// What is remembered lies beside the compiled loops, where nobody else can have written. When it is
// full it begins anew.
constexpr const char* memory = "sha256";
constexpr off_t largest_memory = 1 << 20;

std::string remembered(const State& state) {
  std::string all(static_cast<std::size_t>(2 * largest_memory), '\0');
  const serial::Descriptor file = open_in_loop_cache(memory, O_RDONLY);
  const ssize_t size = file ? ::pread(file.get(), all.data(), all.size(), 0) : 0;
  all.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  constexpr std::size_t digits = 64;
  const std::string wanted = " " + state.text() + "\n";
  for (std::size_t at = all.find(wanted); at != all.npos; at = all.find(wanted, at + 1)) {
    if (at < digits || (at > digits && all[at - digits - 1] != '\n')) continue;
    const std::string hash = all.substr(at - digits, digits);
    if (hash.find_first_not_of("0123456789abcdef") == hash.npos) return hash;
  }
  return "";
}

// Where that cannot be it is hashed again the next time.
void remember(const std::string& hash, const State& state) {
  if (state.path.find('\n') != std::string::npos) return;
  const std::string line = fmt::format("{} {}\n", hash, state.text());
  const serial::Descriptor file = open_in_loop_cache(memory, O_WRONLY | O_APPEND | O_CREAT);
  struct stat s {};
  if (!file || ::fstat(file.get(), &s) != 0) return;
  if (s.st_size > largest_memory && ::ftruncate(file.get(), 0) != 0) return;
  const WithoutSizeSignal none_ends_the_program;
  (void)!::write(file.get(), line.data(), line.size());
}

/// "" where it cannot be read.
std::string known_hash(const std::string& path, const State& state) {
  static std::mutex once;
  static std::map<std::string, std::string> known;
  const std::lock_guard lock(once);
  std::string& hash = known[state.text()];
  const bool large = state.size >= remembered_from;
  if (hash.empty() && large) hash = remembered(state);
  if (!hash.empty()) return hash;
  try {
    hash = sha256_of_file(path);
  } catch (const FileError&) {
    return "";
  }
  if (large) remember(hash, state);
  return hash;
}

// From the data path on, which is another on another machine.
std::string told_path(const std::string& path) {
  const std::string folder = (fs::path(data_path()) / "").string();
  return path.starts_with(folder) ? path.substr(folder.size()) : path;
}

}  // namespace

RunOrigins origin_of_process() {
  utsname system{};
  ::uname(&system);
  return {{{"command", command_line()},
           {"host", system.nodename},
           {"system", fmt::format("{} {} {}", system.sysname, system.release, system.machine)},
           {"begun", fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(std::time(nullptr)))},
           {"ansatz", library_version()},
           {"openblas", openblas_version()}}};
}

void add_data_files(const Train& job, std::vector<std::string>& list) {
  if (job.dataset) job.dataset->files(list);
  if (job.algorithm)
    for (const MonitoringDataset& each : job.algorithm->monitoring_datasets.list)
      if (each.dataset) each.dataset->files(list);
}

FilesRead::FilesRead(const Train& job) {
  std::vector<std::string> paths;
  add_data_files(job, paths);
  if (!job.init_from.empty()) paths.emplace_back(job.init_from.view());
  for (const std::string& path : paths)
    if (const auto state = state_of(path)) states_[path] = state->text();
}

std::map<std::string, std::string> FilesRead::hashes() const {
  std::map<std::string, std::string> hashes;
  for (const auto& entry : states_) {
    const std::string& path = entry.first;
    const auto unchanged = [&] {
      const std::optional<State> now = state_of(path);
      return now && now->text() == entry.second ? now : std::nullopt;
    };
    std::string hash = "changed during the run";
    if (const auto state = unchanged()) {
      const std::string found = known_hash(path, *state);
      if (found.empty()) continue;
      if (unchanged()) hash = found;  // nor while it was read for this
    }
    hashes[told_path(path)] = std::move(hash);
  }
  return hashes;
}

}  // namespace ansatz
