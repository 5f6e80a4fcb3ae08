#include "cache.hpp"

#include "sha256.hpp"

#include <ansatz/compile/compile.hpp>
#include <dsl/exceptions.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>

namespace ansatz {

namespace fs = std::filesystem;

std::string loop_cache_folder() {
  // The XDG specification has relative paths ignored.
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache && *cache == '/')
    return (fs::path(cache) / "ansatz").string();
  const char* home = std::getenv("HOME");
  if (!home || *home != '/') {
    const passwd* user = ::getpwuid(::geteuid());
    home = user ? user->pw_dir : nullptr;
  }
  if (!home || *home != '/')
    throw FileError("no folder for compiled loops: neither XDG_CACHE_HOME nor HOME is set");
  return (fs::path(home) / ".cache/ansatz").string();
}

namespace compiling {

namespace {

constexpr mode_t written_by_others = S_IWGRP | S_IWOTH;

/// The content of a file that only this user can have written; nothing where there is none such.
std::optional<std::string> content(int folder, const std::string& name) {
  const int file = ::openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return std::nullopt;
  std::optional<std::string> text;
  struct stat s {};
  if (::fstat(file, &s) == 0 && S_ISREG(s.st_mode) && s.st_uid == ::geteuid() &&
      !(s.st_mode & written_by_others)) {
    text.emplace();
    char block[1 << 16];
    ssize_t size = 0;
    while ((size = ::read(file, block, sizeof block)) > 0)
      text->append(block, static_cast<std::size_t>(size));
    if (size < 0) text.reset();
  }
  ::close(file);
  return text;
}

/// The folder that holds it must not let others put another one in its place.
bool others_may_replace(const fs::path& folder) {
  struct stat s {};
  if (::stat(folder.parent_path().c_str(), &s) != 0) return false;
  return (s.st_mode & written_by_others) && !(s.st_mode & S_ISVTX);
}

}  // namespace

Cache::Cache(const std::string& folder, bool make) : folder_(folder) {
  if (make) {
    std::error_code error;
    const fs::path parent = fs::path(folder).parent_path();
    if (!parent.empty()) fs::create_directories(parent, error);
    if (error) fail("its parent cannot be made", error.value());
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) fail("it cannot be made", errno);
  }
  file_ = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (file_ < 0) {
    if (!make && errno == ENOENT) return;
    fail("it cannot be opened as a folder", errno);
  }
  struct stat s {};
  std::string why;
  if (::fstat(file_, &s) != 0)
    why = std::strerror(errno);
  else if (s.st_uid != ::geteuid())
    why = fmt::format("it belongs to user {}, this is user {}", s.st_uid, ::geteuid());
  else if (s.st_mode & written_by_others)
    why = fmt::format("others can write to it (mode {:04o}); chmod 700 it and remove its files",
                      s.st_mode & 07777);
  else if (others_may_replace(fs::absolute(folder)))
    why = "others can write to the folder that holds it; chmod that, or set XDG_CACHE_HOME";
  else if (make && (s.st_mode & 0777) != 0700)
    ::fchmod(file_, 0700);
  if (!why.empty()) {
    ::close(file_);
    file_ = -1;
    fail(why, 0);
  }
}

Cache::~Cache() {
  if (file_ >= 0) ::close(file_);
}

std::string Cache::path(const std::string& key, const char* extension) const {
  return fmt::format("{}/{}.{}", folder_, key, extension);
}

Cache::Found Cache::look(const std::string& key) const {
  const auto object = content(file_, key + ".so");
  const auto hash = content(file_, key + ".sha256");
  if (!object && !hash) return Found::nothing;
  return object && hash && *hash == sha256_of(*object) + "\n" ? Found::whole : Found::damaged;
}

void Cache::place(const std::string& from, const std::string& key, const char* extension) const {
  const int file = ::open(from.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) fail("a file that was just written cannot be opened", errno);
  int error = ::fchmod(file, 0600) != 0 ? errno : 0;
  if (!error && ::fsync(file) != 0) error = errno;
  ::close(file);
  const std::string to = path(key, extension);
  if (!error && ::rename(from.c_str(), to.c_str()) != 0) error = errno;
  // Some file systems cannot flush a folder and say EINVAL.
  if (!error && ::fsync(file_) != 0 && errno != EINVAL) error = errno;
  if (error) fail("a file cannot be put into it", error);
}

void Cache::place_text(const std::string& work, const std::string& text, const std::string& key,
                       const char* extension) const {
  const std::string from = fmt::format("{}/text.{}", work, extension);
  const int file =
      ::open(from.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) fail("a file cannot be made in it", errno);
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t size = ::write(file, text.data() + done, text.size() - done);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) {
      const int error = errno;
      ::close(file);
      fail("a file cannot be written in it", error);
    }
    done += static_cast<std::size_t>(size);
  }
  ::close(file);
  place(from, key, extension);
}

void Cache::fail(const std::string& what, int error) const {
  throw FileError(fmt::format("cannot keep compiled loops in '{}': {}{}", folder_, what,
                              error ? fmt::format(" ({})", std::strerror(error)) : ""));
}

MakeLock::MakeLock(const Cache& cache, const std::string& key) {
  const std::string path = cache.path(key, "lock");
  folder_ = fs::path(path).parent_path().string();
  const auto fail = [&](const char* what) {
    const int error = errno;
    if (file_ >= 0) ::close(file_);
    throw FileError(fmt::format("{} '{}': {}", what, path, std::strerror(error)));
  };
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file_ < 0) fail("cannot make");
  while (::flock(file_, LOCK_EX) != 0)
    if (errno != EINTR) fail("cannot lock");
  remove_what_was_left(key);
  // A name of its own each time: compilers of a killed maker may still be writing to theirs.
  std::string work = fmt::format("{}/{}.work.XXXXXX", folder_, key);
  if (!::mkdtemp(work.data())) fail("cannot make a folder beside");
  work_ = work;
}

void MakeLock::remove_what_was_left(const std::string& key) const {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error))
    if (entry.path().filename().string().starts_with(key + ".work.")) {
      std::error_code ignored;
      fs::remove_all(entry.path(), ignored);
    }
}

MakeLock::~MakeLock() {
  std::error_code ignored;
  if (!work_.empty()) fs::remove_all(work_, ignored);
  ::close(file_);
}

}  // namespace compiling
}  // namespace ansatz
