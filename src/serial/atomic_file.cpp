#include <ansatz/serial/atomic_file.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>

#include <dsl/exceptions.hpp>

namespace ansatz {

namespace {

std::atomic<AtomicFile::Observer> the_observer{nullptr};

constexpr std::size_t block = std::size_t{1} << 20;
constexpr int most_links = 40;  // as Linux follows
constexpr int attempts = 100;

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == path.npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

[[noreturn]] void cannot_write(const std::string& path, const std::string& why) {
  throw FileError(fmt::format("cannot write '{}': {}", path, why));
}

/// The file behind all symbolic links, which need not exist.
std::string behind_links(const std::string& path) {
  std::string at = path;
  for (int i = 0; i < most_links; ++i) {
    std::string to(PATH_MAX, '\0');
    const ssize_t length = ::readlink(at.c_str(), to.data(), to.size());
    if (length < 0) return at;  // no link; or nothing, or nothing that may be seen
    to.resize(static_cast<std::size_t>(length));
    at = to.starts_with('/') ? to : folder_of(at) + "/" + to;
  }
  cannot_write(path, fmt::format("more than {} symbolic links, one after the other", most_links));
}

/// Cause and remedy.
std::string advice(int error, const std::string& folder) {
  const auto with = [&](std::string_view what) {
    return fmt::format("{} ({})", what, std::strerror(error));
  };
  switch (error) {
    case ENOENT:
      // Folders such as /proc are there, and hold no file that is not theirs.
      if (struct stat found{}; ::stat(folder.c_str(), &found) == 0)
        return with(fmt::format("files cannot be made in '{}'; choose another folder", folder));
      return fmt::format("the folder '{0}' does not exist; make it first: mkdir -p '{0}'", folder);
    case ENOTDIR:
      return with(fmt::format("'{}' is not a folder", folder));
    case EACCES:
    case EPERM:
      return with(fmt::format(
          "files cannot be made in the folder '{}'; choose another one or change its mode",
          folder));
    case EROFS:
      return with("choose a folder that can be written to");
    case ENOSPC:
      return with("the disk is full; make room and save again");
    case EDQUOT:
      return with("the quota is used up; make room and save again");
    case EFBIG:
      return with("the file is larger than allowed; see `ulimit -f`");
    case ENAMETOOLONG:
      return with("choose a shorter name");
    case EMFILE:
    case ENFILE:
      return with("too many files are open; see `ulimit -n`");
    default:
      return std::strerror(error);
  }
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

bool is_temporary_of(std::string_view entry, std::string_view name) {
  const std::string begin = fmt::format(".{}.", name);
  constexpr std::string_view end = ".tmp";
  if (entry.size() <= begin.size() + end.size() || !entry.starts_with(begin) ||
      !entry.ends_with(end))
    return false;
  const std::string_view pid = entry.substr(begin.size(), entry.size() - begin.size() - end.size());
  return pid.find_first_not_of("0123456789") == pid.npos;
}

/// Removes a temporary file unless somebody writes to it: who does holds its lock until death.
void remove_if_left(int folder, const char* entry) {
  const int file = ::openat(folder, entry, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return;
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) ::unlinkat(folder, entry, 0);
  ::close(file);
}

/// What killed programs left is nothing to fail for, so no error is reported here.
void remove_what_was_left(int folder, const std::string& name) {
  const int copy = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0) return;
  const std::unique_ptr<DIR, CloseFolder> entries(::fdopendir(copy));
  if (!entries) {
    ::close(copy);
    return;
  }
  while (const dirent* entry = ::readdir(entries.get()))
    if (is_temporary_of(entry->d_name, name)) remove_if_left(folder, entry->d_name);
}

}  // namespace

AtomicFile::Observer AtomicFile::observe(Observer observer) {
  return the_observer.exchange(observer);
}

AtomicFile::AtomicFile(const std::string& path, Overwrite overwrite)
    : path_(path), target_(behind_links(path)), folder_(folder_of(target_)), overwrite_(overwrite) {
  name_ = target_.substr(target_.rfind('/') + 1);
  if (name_.empty() || name_ == "." || name_ == "..")
    cannot_write(path_, "the name of a file is missing");
  try {
    refuse_what_cannot_be_replaced();
    folder_file_ = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder_file_ < 0) fail(errno);
    remove_what_was_left(folder_file_, name_);
    open_temporary();
    told(SaveInstant::opened);
  } catch (...) {
    discard();
    throw;
  }
}

AtomicFile::~AtomicFile() { discard(); }

void AtomicFile::refuse_what_cannot_be_replaced() {
  struct stat old {};
  if (::stat(target_.c_str(), &old) != 0) {
    if (errno == ENOENT) return;  // or the folder is missing, which opening it shows
    fail(errno);
  }
  exists_ = true;
  mode_ = old.st_mode & 07777;
  if (S_ISDIR(old.st_mode)) cannot_write(path_, "it is a folder; give the name of a file");
  if (!S_ISREG(old.st_mode))
    cannot_write(path_, "it is a device or a pipe, which would be replaced by a file");
  if (overwrite_ == Overwrite::refuse) fail(EEXIST);
  if (::access(target_.c_str(), W_OK) != 0 && errno == EACCES)
    cannot_write(
        path_, fmt::format("it is write-protected; chmod u+w '{}' or give another name", target_));
}

void AtomicFile::open_temporary() {
  temporary_ = fmt::format(".{}.{}.tmp", name_, ::getpid());
  for (int i = 0; i < attempts; ++i) {
    const int file = ::openat(folder_file_, temporary_.c_str(),
                              O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (file < 0) {
      const int error = errno;
      if (error == EEXIST)
        cannot_write(path_, fmt::format("another save of it is under way ('{}/{}' is being "
                                        "written); let it finish",
                                        folder_, temporary_));
      temporary_.clear();
      fail(error);
    }
    // Somebody may have taken the new file for one that was left, before it was locked.
    struct stat now {};
    const bool lost = ::flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (!lost && ::fstat(file, &now) == 0 && now.st_nlink > 0) {
      file_ = file;
      if (exists_ && ::fchmod(file_, mode_) != 0) fail(errno);
      return;
    }
    ::close(file);
    ::usleep(1000);
  }
  cannot_write(path_, fmt::format("'{}/{}' is removed by others as soon as it is made", folder_,
                                  temporary_));
}

void AtomicFile::told(SaveInstant instant) {
  if (const Observer observer = the_observer.load(std::memory_order_relaxed))
    if (const int error = observer(instant, size_)) fail(error);
}

void AtomicFile::write(const void* data, std::size_t size) {
  if (file_ < 0) cannot_write(path_, "it is finished already");
  const char* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t done = ::write(file_, at, std::min(size, block));
    if (done < 0) {
      if (errno == EINTR) continue;
      fail(errno);
    }
    at += done;
    size -= static_cast<std::size_t>(done);
    size_ += done;
    told(SaveInstant::writing);
  }
}

void AtomicFile::put_in_place() {
  const auto rename_with = [&](unsigned flags) {
    return ::renameat2(folder_file_, temporary_.c_str(), folder_file_, name_.c_str(), flags) == 0;
  };
  if (overwrite_ == Overwrite::refuse) {
    // The kernel itself looks whether a file has appeared meanwhile, where it can.
    if (rename_with(RENAME_NOREPLACE)) return;
    if (errno != EINVAL && errno != ENOSYS) fail(errno);
    if (::faccessat(folder_file_, name_.c_str(), F_OK, 0) == 0) fail(EEXIST);
  }
  if (::renameat(folder_file_, temporary_.c_str(), folder_file_, name_.c_str()) == 0) return;
  if (errno == ENOENT)
    cannot_write(path_, fmt::format("its temporary file '{}/{}' has disappeared; the old file is "
                                    "untouched, save again",
                                    folder_, temporary_));
  fail(errno);
}

void AtomicFile::commit() {
  if (file_ < 0) cannot_write(path_, "it is finished already");
  told(SaveInstant::written);
  if (::fsync(file_) != 0) fail(errno);
  told(SaveInstant::synced);
  put_in_place();
  temporary_.clear();  // from here on there is nothing to take back
  const int closed = ::close(file_), why = errno;
  file_ = -1;
  const auto not_flushed = [&](int error) {
    cannot_write(path_, fmt::format("the new file is in its place, but may be lost when the "
                                    "machine stops now ({})",
                                    std::strerror(error)));
  };
  if (closed != 0 && why != EINTR) not_flushed(why);
  const Observer observer = the_observer.load(std::memory_order_relaxed);
  if (const int error = observer ? observer(SaveInstant::renamed, size_) : 0) not_flushed(error);
  // Some file systems cannot flush a folder and say EINVAL.
  if (::fsync(folder_file_) != 0 && errno != EINVAL) not_flushed(errno);
  if (observer) observer(SaveInstant::finished, size_);
}

void AtomicFile::discard() noexcept {
  if (file_ >= 0) {
    // Removed while it is still locked: nobody takes it for one that was left.
    if (!temporary_.empty()) ::unlinkat(folder_file_, temporary_.c_str(), 0);
    ::close(file_);
  }
  if (folder_file_ >= 0) ::close(folder_file_);
  file_ = folder_file_ = -1;
  temporary_.clear();
}

void AtomicFile::fail(int error) const {
  if (error == EEXIST)
    throw FileError(fmt::format(
        "Trying to overwrite file when not allowed: '{}' exists; give another save_path, or "
        "allow_overwrite: True",
        path_));
  cannot_write(path_, advice(error, folder_) + (exists_ ? "; the old file is untouched" : ""));
}

}  // namespace ansatz
