#include "cache.hpp"

#include "../base/names_in.hpp"
#include "../base/sha256.hpp"

#include <ansatz/compile/compile.hpp>
#include <ansatz/files/atomic_file.hpp>
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
#include <fstream>
#include <optional>
#include <sstream>
#include <vector>

namespace ansatz {

namespace fs = std::filesystem;
using serial::Descriptor, serial::HeldPlace, serial::held_place, serial::Trust;

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

/// A file that only this user can have written; none where there is none such.
Descriptor own_file(int folder, const std::string& name, int flags = O_RDONLY) {
  Descriptor file(
      ::openat(folder, name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600));
  struct stat s {};
  if (file && ::fstat(file.get(), &s) == 0 && S_ISREG(s.st_mode) && s.st_uid == ::geteuid() &&
      !(s.st_mode & written_by_others))
    return file;
  return Descriptor();
}

std::optional<std::string> content(const Descriptor& file) {
  if (!file) return std::nullopt;
  std::string text;
  char block[1 << 16];
  for (off_t at = 0;;) {
    const ssize_t size = ::pread(file.get(), block, sizeof block, at);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return std::nullopt;
    if (size == 0) return text;
    text.append(block, static_cast<std::size_t>(size));
    at += size;
  }
}

/// Makes a folder and those that hold it, each for this user alone, and none in a folder that is
/// not trusted. 0 or errno; `why` says what is not trusted.
int make_folders(const fs::path& folder, std::string& why) {
  std::error_code none;
  fs::path there = folder;
  std::vector<fs::path> missing;
  while (!fs::exists(fs::symlink_status(there, none)) && there.has_relative_path()) {
    if (there.has_filename()) missing.push_back(there);
    there = there.parent_path();
  }
  if (missing.empty()) return 0;
  const HeldPlace last = held_place((there / "x").string(), Trust::owners);
  why = last.why;
  if (!last.folder) return last.error;
  for (auto each = missing.rbegin(); each != missing.rend(); ++each)
    if (::mkdir(each->c_str(), 0700) != 0 && errno != EEXIST) return errno;
  return 0;
}

/// "process 123 (g++)", who holds a lock; nothing where that cannot be found out.
struct Holder {
  int process = 0;
  std::string name;
  bool stopped = false;

  std::string text() const {
    if (process == 0) return "another process, perhaps of another machine,";
    return fmt::format("process {}{}{}", process, name.empty() ? "" : fmt::format(" ({})", name),
                       stopped ? ", which was stopped," : "");
  }
};

/// As /proc/locks has it: "1: FLOCK  ADVISORY  WRITE 123 fd:01:4567 0 EOF".
Holder holder_of(int file) {
  Holder found;
  struct stat s {};
  if (::fstat(file, &s) != 0) return found;
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    std::istringstream in(line);
    std::string number, kind, way, access, process, place;
    in >> number >> kind >> way >> access >> process >> place;
    if (kind == "FLOCK" && place.ends_with(fmt::format(":{}", s.st_ino)) &&
        number.find("->") == number.npos && way == "ADVISORY")
      found.process = std::atoi(process.c_str());
  }
  // In a container the process may have no number here.
  if (found.process <= 0) return {};
  std::ifstream status(fmt::format("/proc/{}/stat", found.process));
  std::string text;
  std::getline(status, text);
  const std::size_t begin = text.find('('), end = text.rfind(')');
  if (begin != text.npos && end != text.npos && end + 2 < text.size()) {
    found.name = text.substr(begin + 1, end - begin - 1);
    found.stopped = text[end + 2] == 'T' || text[end + 2] == 't';
  }
  return found;
}

}  // namespace

Cache::Cache(const std::string& folder, bool make) : folder_(folder) {
  const fs::path whole = fs::absolute(folder).lexically_normal();
  std::string why;
  if (make)
    if (const int error = make_folders(whole, why))
      fail(why.empty() ? "it cannot be made" : why, why.empty() ? error : 0);
  const HeldPlace place = held_place((whole / "x").string(), Trust::links);
  if (fs::is_symlink(fs::symlink_status(whole.has_filename() ? whole : whole.parent_path())))
    fail("it cannot be opened as a folder", ELOOP);
  if (!place.folder) {
    if (!make && place.error == ENOENT) return;
    fail("it cannot be opened as a folder", place.error);
  }
  file_ = ::openat(place.folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file_ < 0) fail("it cannot be opened as a folder", errno);
  struct stat s {};
  if (::fstat(file_, &s) != 0)
    why = std::strerror(errno);
  else if (s.st_uid != ::geteuid())
    why = fmt::format("it belongs to user {}, this is user {}", s.st_uid, ::geteuid());
  else if (s.st_mode & written_by_others)
    why = fmt::format("others can write to it (mode {:04o}); chmod 700 it and remove its files",
                      s.st_mode & 07777);
  else
    why = held_place((whole / "x").string(), Trust::owners).why;
  if (!why.empty()) {
    ::close(file_);
    file_ = -1;
    fail(why, 0);
  }
}

}  // namespace compiling

Descriptor open_in_loop_cache(const std::string& name, int flags) {
  try {
    const compiling::Cache cache(loop_cache_folder(), (flags & O_CREAT) != 0);
    if (cache.exists()) return compiling::own_file(cache.folder(), name, flags);
  } catch (const FileError&) {  // a folder that is not private, or cannot be made
  }
  return Descriptor();
}

namespace compiling {

Cache::~Cache() {
  if (file_ >= 0) ::close(file_);
}

std::string Cache::path(const std::string& key, const char* extension) const {
  return fmt::format("{}/{}.{}", folder_, key, extension);
}

Cache::Found Cache::look(const std::string& key, Descriptor& object) const {
  object = own_file(file_, key + ".so");
  const auto bytes = content(object);
  const auto hash = content(own_file(file_, key + ".sha256"));
  if (!bytes && !hash) return Found::nothing;
  return bytes && hash && *hash == sha256_of(*bytes) + "\n" ? Found::whole : Found::damaged;
}

void Cache::place(const std::string& bytes, const std::string& key, const char* extension) const {
  AtomicFile file(path(key, extension), Overwrite::replace, Replaces::anything, Rights::owner);
  file.write(bytes.data(), bytes.size());
  file.commit();
}

void Cache::fail(const std::string& what, int error) const {
  throw FileError(fmt::format("cannot keep compiled loops in '{}': {}{}", folder_, what,
                              error ? fmt::format(" ({})", std::strerror(error)) : ""));
}

MakeLock::MakeLock(const Cache& cache, const std::string& key, const Patience& patience,
                   const std::function<void(const std::string&)>& tell) {
  const std::string path = cache.path(key, "lock");
  folder_ = fs::path(path).parent_path().string();
  const auto fail = [&](const char* what) {
    const int error = errno;
    if (file_ >= 0) ::close(file_);
    throw FileError(fmt::format("{} '{}': {}", what, path, std::strerror(error)));
  };
  file_ = ::openat(cache.folder(), (key + ".lock").c_str(),
                   O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file_ < 0) fail("cannot make");
  constexpr double pause = .05, until_told = 1;
  bool told = false;
  double waited = 0;
  while (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) fail("cannot lock");
    if (waited >= until_told || waited >= patience.with_stopped) {
      const Holder holder = holder_of(file_);
      if (!told)
        tell(fmt::format("waiting for {} that compiles the same loops (lock '{}')", holder.text(),
                         path));
      told = true;
      if (waited >= (holder.stopped ? patience.with_stopped : patience.seconds)) {
        held_ = false;
        tell(fmt::format("{} has held the lock '{}' for {:.0f} s; compiling without it",
                         holder.text(), path, waited));
        break;
      }
    }
    ::usleep(static_cast<useconds_t>(pause * 1e6));
    waited += pause;
  }
  remove_what_was_left();
  // A name of its own each time: compilers of a killed maker may still be writing to theirs.
  std::string work = fmt::format("{}/{}.work.XXXXXX", folder_, key);
  if (!::mkdtemp(work.data())) fail("cannot make a folder beside");
  work_ = work;
}

// Of whatever key: who makes an object holds the lock of its key.
void MakeLock::remove_what_was_left() const {
  constexpr std::string_view mark = ".work.";
  for (const std::string& name : names_in(folder_)) {
    const std::size_t at = name.find(mark);
    if (at == name.npos) continue;
    const std::string lock = folder_ + "/" + name.substr(0, at) + ".lock";
    const Descriptor other(::open(lock.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
    struct stat mine {
    }, its{};
    const bool same = other && ::fstat(file_, &mine) == 0 && ::fstat(other.get(), &its) == 0 &&
                      mine.st_ino == its.st_ino;
    // By another description of the file the lock that this process holds is another's, too.
    const bool in_use = other && ::flock(other.get(), LOCK_EX | LOCK_NB) != 0;
    if (in_use && !(same && held_)) continue;
    std::error_code ignored;
    fs::remove_all(folder_ + "/" + name, ignored);
  }
}

MakeLock::~MakeLock() {
  std::error_code ignored;
  if (!work_.empty()) fs::remove_all(work_, ignored);
  // Again: a killed maker's compiler may have written to its folder while that was removed. It
  // began before this one's, so that by now it has most likely ended.
  try {
    remove_what_was_left();
  } catch (const std::exception&) {  // it is what the next maker removes
  }
  ::close(file_);
}

}  // namespace compiling
}  // namespace ansatz
