#include "toolchain.hpp"

#include <ansatz/compile/settings.hpp>
#include "../base/names_in.hpp"
#include "../base/sha256.hpp"

#include <ansatz/compile/object.hpp>
#include <ansatz/files/held_folder.hpp>
#include <dsl/exceptions.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

namespace ansatz::compiling {

namespace fs = std::filesystem;

namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> list;
  for (std::string word; in >> word;) list.push_back(word);
  return list;
}

bool is_program(const std::string& path) {
  struct stat s {};
  return ::stat(path.c_str(), &s) == 0 && S_ISREG(s.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

/// Where the shell would find it.
std::string find_program(const std::string& name) {
  if (name.find('/') != name.npos) return is_program(name) ? name : "";
  std::istringstream folders(environment("PATH"));
  for (std::string folder; std::getline(folders, folder, ':');)
    if (const std::string path = folder + "/" + name; is_program(path)) return path;
  return "";
}

/// By its name, or that of the program a link leads to: what it says itself would cost a start of
/// it in every run that looks into the cache.
bool is_clang(const std::string& path) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  return fs::path(path).filename().string().find("clang") != std::string::npos ||
         real.filename().string().find("clang") != std::string::npos;
}

/// The folder of the build, or that of the installation.
std::string find_headers() {
  for (const char* folder : {settings::build_headers, settings::installed_headers}) {
    const std::string file = std::string(folder) + "/ansatz/compile/object.hpp";
    // Another user's headers would be another user's code.
    const serial::HeldPlace place = serial::held_place(file, serial::Trust::owners_and_own_groups);
    struct stat s {};
    if (place.folder &&
        ::fstatat(place.folder.get(), place.name.c_str(), &s, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(s.st_mode) && (s.st_uid == ::geteuid() || s.st_uid == 0) && !(s.st_mode & S_IWOTH))
      return folder;
  }
  return "";
}

void add_file(Sha256& hash, const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  hash.add(fmt::format("{} {}\n", path.filename().string(), text.size()));
  hash.add(text);
}

/// What a generated file can include.
std::string hash_of_headers(const fs::path& folder) {
  std::vector<fs::path> files{folder / "ansatz/compile/object.hpp",
                              folder / "ansatz/base/version.hpp"};
  for (const char* part : {"dsl", "dsl/ir", "dsl/kernels", "dsl/ops"})
    for (const std::string& name : names_in((folder / part).string()))
      if (name.ends_with(".hpp")) files.push_back(folder / part / name);
  std::ranges::sort(files);
  Sha256 hash;
  for (const fs::path& file : files) add_file(hash, file);
  return hash.hex();
}

/// What `-march=native` stands for.
std::string processor() {
  std::string text;
#if defined(__x86_64__) || defined(__i386__)
  // Family and model, then the features; what differs from core to core is left out.
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d)) text += fmt::format("{:x} {:x} {:x} ", a, c, d);
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) text += fmt::format("{:x} {:x} {:x} ", b, c, d);
  if (__get_cpuid_count(7, 1, &a, &b, &c, &d)) text += fmt::format("{:x} ", a);
  if (__get_cpuid(0x80000001, &a, &b, &c, &d)) text += fmt::format("{:x} {:x}", c, d);
#else
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line) && !line.empty();)
    if (line.starts_with("Features") || line.starts_with("CPU") || line.starts_with("isa"))
      text += line + '\n';
#endif
  return text;
}

}  // namespace

Toolchain toolchain(const CompileOptions& options) {
  Toolchain tools;
  tools.compiler = options.compiler.empty() ? environment("ANSATZ_CXX") : options.compiler;
  if (tools.compiler.empty()) tools.compiler = settings::compiler;
  tools.path = find_program(tools.compiler);
  // What is asked for comes last, where it wins over the library's own.
  tools.flags = words(settings::flags);
  const auto add = [&](const std::vector<std::string>& more) {
    tools.flags.insert(tools.flags.end(), more.begin(), more.end());
  };
  add(words(is_clang(tools.path) ? settings::clang_flags : settings::gnu_flags));
  add(words(environment("ANSATZ_CXX_FLAGS")));
  add(options.flags);
  tools.headers = find_headers();
  return tools;
}

std::string Toolchain::identity() const {
  std::string text = fmt::format("version {}\nbuild {}\nisa {}\nprocessor {}\n", library_version(),
                                 settings::compiler_version, stamp.isa, processor());
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  struct stat s {};
  if (::stat(real.c_str(), &s) == 0)
    text += fmt::format("compiler {} {} {}.{}\n", real.string(), s.st_size, s.st_mtim.tv_sec,
                        s.st_mtim.tv_nsec);
  for (const std::string& flag : flags) text += fmt::format("flag {}\n", flag);
  for (const std::uint32_t size : stamp.sizes) text += fmt::format("size {}\n", size);
  return text + "headers " + (headers.empty() ? "none" : hash_of_headers(headers)) + "\n";
}

std::vector<std::string> command(const Toolchain& tools, const std::string& source,
                                 const std::string& to) {
  std::vector<std::string> line{tools.path};
  line.insert(line.end(), tools.flags.begin(), tools.flags.end());
  // Nothing of an object is seen outside but its one function: two objects never share a loop's
  // code, and each can be closed again.
  for (const char* flag : {"-w", "-fPIC", "-shared", "-fvisibility=hidden"}) line.push_back(flag);
  line.push_back("-I" + tools.headers);
  line.insert(line.end(), {"-o", to, source});
  return line;
}

int run(const std::vector<std::string>& command, const std::string& folder,
        const std::string& log) {
  // Variables such as CPATH would change the code without changing the key.
  std::vector<std::string> variables{"LC_ALL=C", "TMPDIR=" + folder};
  for (const char* name : {"PATH", "HOME", "LD_LIBRARY_PATH"})
    if (const char* value = std::getenv(name))
      variables.push_back(fmt::format("{}={}", name, value));
  const auto pointers = [](const std::vector<std::string>& strings) {
    std::vector<char*> list;
    for (const std::string& s : strings) list.push_back(const_cast<char*>(s.c_str()));
    list.push_back(nullptr);
    return list;
  };
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t child = 0;
  const int error = ::posix_spawn(&child, command.front().c_str(), &actions, nullptr,
                                  pointers(command).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0)
    throw Error(fmt::format("cannot start '{}': {}", command.front(), std::strerror(error)));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace ansatz::compiling
