#include "gnuplot.hpp"

#include <ansatz/base/shown.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ansatz::drawing {

namespace {

namespace fs = std::filesystem;

/// A folder that is gone with the object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::error_code none;
    std::string name = (fs::temp_directory_path(none) / "ansatz-plot-XXXXXX").string();
    if (!::mkdtemp(name.data()))
      throw FileError(
          fmt::format("cannot make the folder {} for a picture: {}", name, std::strerror(errno)));
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code none;
    fs::remove_all(path_, none);
  }
  std::string file(const char* name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

void write(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.flush())
    throw FileError(fmt::format("cannot write {} for a picture: {}", path, std::strerror(errno)));
}

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

[[noreturn]] void not_there(int error) {
  if (error == ENOENT)
    throw FileError(
        "curves are drawn by gnuplot, which is not here: apt-get install gnuplot-nox (or another "
        "package of gnuplot)");
  throw FileError(fmt::format("cannot start gnuplot: {}", std::strerror(error)));
}

/// All that can be read until the other end is closed.
std::string read_all(int from) {
  std::string all;
  std::array<char, 65536> piece;
  for (;;) {
    const ssize_t got = ::read(from, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    all.append(piece.data(), static_cast<std::size_t>(got));
  }
  ::close(from);
  return all;
}

}  // namespace

std::string as_field(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"')
      out += "\\042";
    else if (c == '\\')
      out += "\\\\";
    else
      out += c;
  }
  return out;
}

std::string run_gnuplot(const std::string& script, const std::string& data) {
  const TemporaryFolder folder;
  const std::string said = folder.file("said.txt");
  write(folder.file("plot.gp"), script);
  write(folder.file(data_name), data);
  // No file of the user's changes what is drawn; text is UTF-8 whatever the terminal's is.
  std::vector<std::string> variables{"LC_ALL=C.UTF-8"};
  for (const char* name : {"PATH", "HOME", "LD_LIBRARY_PATH", "GDFONTPATH", "TMPDIR"})
    if (const char* value = std::getenv(name))
      variables.push_back(fmt::format("{}={}", name, value));
  std::vector<char*> environment;
  for (std::string& each : variables) environment.push_back(each.data());
  environment.push_back(nullptr);
  std::string words[] = {"gnuplot", "-d", "plot.gp"};
  char* const arguments[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};

  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw FileError(fmt::format("cannot start gnuplot: {}", std::strerror(errno)));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_addopen(&actions, 2, said.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addchdir_np(&actions, folder.path().c_str());
  pid_t child = 0;
  const int error =
      ::posix_spawnp(&child, words[0].c_str(), &actions, nullptr, arguments, environment.data());
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (error != 0) {
    ::close(ends[0]);
    not_there(error);
  }
  std::string picture = read_all(ends[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || picture.empty())
    throw FileError(fmt::format("gnuplot failed: {}", shown(read(said))));
  return picture;
}

}  // namespace ansatz::drawing
