#include <ansatz/files/atomic_file.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

#include <dsl/exceptions.hpp>

#include <ansatz/files/held_folder.hpp>
#include <ansatz/files/tensor_header.hpp>
#include <ansatz/files/without_size_signal.hpp>

namespace ansatz {

using serial::Descriptor, serial::HeldPlace, serial::held_place, serial::open_to_all, serial::Trust;

namespace {

std::atomic<AtomicFile::Observer> the_observer{nullptr};

constexpr std::size_t block = std::size_t{1} << 20;
constexpr int attempts = 100;

[[noreturn]] void cannot_write(const std::string& path, const std::string& why) {
  throw FileError(fmt::format("cannot write '{}': {}", path, why));
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

constexpr const char* access_list = "system.posix_acl_access";

std::string bytes_text(std::int64_t bytes) {
  const auto b = static_cast<double>(bytes);
  if (b < 1e3) return fmt::format("{} bytes", bytes);
  return b < 1e6   ? fmt::format("{:.1f} kB", b / 1e3)
         : b < 1e9 ? fmt::format("{:.1f} MB", b / 1e6)
                   : fmt::format("{:.1f} GB", b / 1e9);
}

/// Of the list of saves under way.
std::mutex list_lock;

bool same_folder(int a, int b) {
  struct stat one {
  }, other{};
  return ::fstat(a, &one) == 0 && ::fstat(b, &other) == 0 && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

/// The beginning of a name that leaves room for what stands around it, however large the numbers
/// become: no save fails for the length of a name for which the first one did not.
std::string shortened(const std::string& name) {
  constexpr std::size_t longest = 255;  // of a name, in bytes
  constexpr std::size_t around = std::string_view("..2147483647-4294967295.tmp").size();
  std::size_t size = std::min(name.size(), longest - around);
  while (size > 0 && size < name.size() && (name[size] & 0xc0) == 0x80) --size;  // of UTF-8
  return name.substr(0, size);
}

std::string temporary_of(const std::string& name, unsigned count) {
  return fmt::format(".{}.{}-{}.tmp", shortened(name), ::getpid(), count);
}

/// ".NAME.PID-NUMBER.tmp", or, as versions before 0.2 had it, ".NAME.PID.tmp"; NAME may have been
/// shortened.
bool is_temporary_of(std::string_view entry, const std::string& name) {
  const std::string begin = fmt::format(".{}.", shortened(name));
  constexpr std::string_view end = ".tmp";
  if (entry.size() <= begin.size() + end.size() || !entry.starts_with(begin) ||
      !entry.ends_with(end))
    return false;
  const std::string_view numbers =
      entry.substr(begin.size(), entry.size() - begin.size() - end.size());
  return numbers.find_first_not_of("0123456789-") == numbers.npos;
}

/// Removes a temporary file unless somebody writes to it: who does holds its lock until death. No
/// name is used twice, so what is removed is what was locked, or is gone already.
void remove_if_left(int folder, const char* entry) {
  const Descriptor file(::openat(folder, entry, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (!file) return;
  struct stat locked {
  }, named{};
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0 && ::fstat(file.get(), &locked) == 0 &&
      ::fstatat(folder, entry, &named, AT_SYMLINK_NOFOLLOW) == 0 && locked.st_ino == named.st_ino &&
      locked.st_dev == named.st_dev)
    ::unlinkat(folder, entry, 0);
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

AtomicFile::AtomicFile(const std::string& path, Overwrite overwrite, Replaces what, Rights rights)
    : AtomicFile(path, overwrite, what, rights, Purpose::write, 0) {}

AtomicFile::AtomicFile(const std::string& path, Overwrite overwrite, Replaces what, Rights rights,
                       Purpose purpose, std::int64_t bytes)
    : path_(path), overwrite_(overwrite), rights_(rights), purpose_(purpose) {
  try {
    find_folder();
    find_old_file(what);
    if (purpose == Purpose::look) {
      // With the rights that opening a file would be judged by.
      if (::faccessat(folder_file_, ".", W_OK | X_OK, AT_EACCESS) != 0) fail(errno);
      const long longest = ::fpathconf(folder_file_, _PC_NAME_MAX);
      if (longest > 0 && std::max(std::ssize(name_), std::ssize(temporary_of(name_, 0))) > longest)
        fail(ENAMETOOLONG);
      require_room(bytes);
      return;
    }
    remove_what_was_left(folder_file_, name_);
    enlist();
    open_temporary();
    if (purpose == Purpose::rehearse)
      require_room(bytes);
    else
      told(SaveInstant::opened);
  } catch (...) {
    discard();
    throw;
  }
}

AtomicFile::~AtomicFile() { discard(); }

void AtomicFile::look(const std::string& path, Overwrite overwrite, Replaces what,
                      std::int64_t bytes) {
  const AtomicFile file(path, overwrite, what, Rights::kept, Purpose::look, bytes);
}

void AtomicFile::rehearse(const std::string& path, Overwrite overwrite, Replaces what,
                          std::int64_t bytes) {
  const AtomicFile file(path, overwrite, what, Rights::kept, Purpose::rehearse, bytes);
}

void AtomicFile::find_folder() {
  const HeldPlace place = held_place(path_, Trust::links);
  folder_ = place.path;
  name_ = place.name;
  if (!place.why.empty()) cannot_write(path_, place.why);
  if (!place.folder) fail(place.error);
  if (name_.empty()) cannot_write(path_, "the name of a file is missing");
  folder_file_ = ::openat(place.folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder_file_ < 0) fail(errno);
}

void AtomicFile::find_old_file(Replaces what) {
  const int file = ::openat(folder_file_, name_.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) {
    if (errno == ENOENT) return;
    fail(errno);
  }
  old_file_ = file;
  struct stat old {
  }, folder{};
  if (::fstat(file, &old) != 0 || ::fstat(folder_file_, &folder) != 0) fail(errno);
  if (S_ISDIR(old.st_mode)) cannot_write(path_, "it is a folder; give the name of a file");
  if (!S_ISREG(old.st_mode))
    cannot_write(path_, "it is a device or a pipe, which would be replaced by a file");
  if (overwrite_ == Overwrite::refuse) fail(EEXIST);
  if (open_to_all(folder_file_) && old.st_uid != ::geteuid() && old.st_uid != folder.st_uid)
    cannot_write(path_, fmt::format("it belongs to user {}, who made it in a folder open to all; "
                                    "give another name",
                                    old.st_uid));
  if (::faccessat(folder_file_, name_.c_str(), W_OK, AT_EACCESS) != 0 && errno == EACCES)
    cannot_write(path_, fmt::format("it is write-protected; chmod u+w '{}{}{}' or give another "
                                    "name",
                                    folder_, folder_.ends_with('/') ? "" : "/", name_));
  refuse_by_kind(what);
}

void AtomicFile::refuse_by_kind(Replaces what) {
  if (what == Replaces::anything) return;
  const Descriptor old(
      ::openat(folder_file_, name_.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!old)
    cannot_write(path_, fmt::format("what it holds cannot be read ({}), and might not be "
                                    "a model; give another name",
                                    std::strerror(errno)));
  // The metadata of what was saved begins with what it is; of a model, with other things.
  char begin[4096];
  const ssize_t size = ::pread(old.get(), begin, sizeof begin, 0);
  if (size < 0) fail(errno);
  const std::string_view found(begin, static_cast<std::size_t>(size));
  const bool ours = found.size() > serial::length_bytes &&
                    found.substr(serial::length_bytes).starts_with(serial::header_begin);
  const bool saved = ours && found.find("\"ansatz.kind\":") != found.npos;
  const bool model = ours && !saved;
  if (what == Replaces::no_models && ours)
    cannot_write(path_, fmt::format("it is a {}, which would be lost; give another name",
                                    model ? "model" : "data set or a preprocessor"));
  const bool like = what == Replaces::models ? model : saved;
  if (what != Replaces::no_models && !like && !found.empty()) {
    const char* const wanted =
        what == Replaces::models ? "model" : "data set or preprocessor that was saved";
    cannot_write(
        path_,
        fmt::format("it is there and is no {}: {}; a {} replaces a {} only. Give another name, or "
                    "remove it",
                    wanted,
                    saved   ? "a data set or a preprocessor"
                    : model ? "a model"
                            : serial::kind_of(found.substr(
                                  0, serial::length_bytes + serial::header_begin.size())),
                    wanted, wanted));
  }
}

AtomicFile* AtomicFile::first_ = nullptr;

void AtomicFile::enlist() {
  const std::lock_guard lock(list_lock);
  for (const AtomicFile* each = first_; each; each = each->next_)
    if (each->name_ == name_ && same_folder(each->folder_file_, folder_file_))
      cannot_write(path_, "another save of it is under way; let it finish");
  next_ = first_;
  first_ = this;
  enlisted_ = true;
}

void AtomicFile::delist() noexcept {
  if (!std::exchange(enlisted_, false)) return;
  const std::lock_guard lock(list_lock);
  AtomicFile** at = &first_;
  while (*at != this) at = &(*at)->next_;
  *at = next_;
}

void AtomicFile::remove_temporaries() noexcept {
  const std::unique_lock lock(list_lock, std::try_to_lock);
  if (!lock) return;
  for (const AtomicFile* each = first_; each; each = each->next_)
    if (!each->temporary_.empty()) ::unlinkat(each->folder_file_, each->temporary_.c_str(), 0);
}

void AtomicFile::open_temporary() {
  static std::atomic<unsigned> count{0};
  for (int i = 0; i < attempts; ++i) {
    temporary_ = temporary_of(name_, count++);
    // What replaces a file gets its rights before anything is written; until then it is closed.
    const bool usual = rights_ == Rights::kept && old_file_ < 0 && purpose_ == Purpose::write;
    const int file =
        ::openat(folder_file_, temporary_.c_str(),
                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, usual ? 0666 : 0600);
    if (file < 0) {
      const int error = errno;
      temporary_.clear();
      if (error == EEXIST) continue;  // of a process of the same number in another container
      fail(error);
    }
    // Somebody may have taken the new file for one that was left, before it was locked.
    struct stat now {};
    const bool lost = ::flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (!lost && ::fstat(file, &now) == 0 && now.st_nlink > 0) {
      file_ = file;
      if (old_file_ >= 0 && rights_ == Rights::kept) take_over_rights();
      return;
    }
    ::close(file);
    ::usleep(1000);
  }
  cannot_write(path_, fmt::format("'{}/{}' is removed by others as soon as it is made", folder_,
                                  temporary_));
}

void AtomicFile::take_over_rights() {
  struct stat old {
  }, now{};
  if (::fstat(old_file_, &old) != 0 || ::fstat(file_, &now) != 0) fail(errno);
  mode_t mode = old.st_mode & 07777;
  bool same_group = old.st_gid == now.st_gid;
  if (old.st_uid != now.st_uid || !same_group)
    same_group = ::fchown(file_, old.st_uid, old.st_gid) == 0 ||
                 ::fchown(file_, static_cast<uid_t>(-1), old.st_gid) == 0 || same_group;
  // Where another group would get what the old one might do, nobody gets it.
  if (!same_group) mode &= ~static_cast<mode_t>(S_ISGID | S_IRWXG);
  // With an access list the mode's middle is not the group's right, but the most of all in it.
  const std::string old_path = fmt::format("/proc/self/fd/{}", old_file_);
  char list[1 << 12];
  const ssize_t size = ::getxattr(old_path.c_str(), access_list, list, sizeof list);
  if (size > 0 && same_group) {
    if (::fsetxattr(file_, access_list, list, static_cast<std::size_t>(size), 0) != 0)
      mode &= ~static_cast<mode_t>(S_ISGID | S_IRWXG);
  } else {
    if (size > 0) mode &= ~static_cast<mode_t>(S_ISGID | S_IRWXG);
    ::fremovexattr(file_, access_list);  // as a folder's default gives it
  }
  if (::fchmod(file_, mode) != 0) fail(errno);
}

void AtomicFile::require_room(std::int64_t bytes) {
  if (bytes <= 0) return;
  rlimit most{};
  if (::getrlimit(RLIMIT_FSIZE, &most) == 0 && most.rlim_cur != RLIM_INFINITY &&
      most.rlim_cur < static_cast<rlim_t>(bytes))
    cannot_write(path_, fmt::format("a save takes {}, but a file may have {}; see `ulimit -f`",
                                    bytes_text(bytes),
                                    bytes_text(static_cast<std::int64_t>(most.rlim_cur))));
  // Not all file systems can set room aside; of the others only what they say is known.
  if (file_ >= 0 && ::fallocate(file_, 0, 0, bytes) == 0) return;
  const int error = file_ >= 0 ? errno : 0;
  if (error == EDQUOT || error == EFBIG) fail(error);
  struct statvfs disk {};
  if (::fstatvfs(folder_file_, &disk) != 0 || disk.f_blocks == 0) return;
  const double free = static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize);
  if (free < static_cast<double>(bytes))
    cannot_write(path_, fmt::format("a save takes {}, but the disk of '{}' has room for {}; make "
                                    "room first",
                                    bytes_text(bytes), folder_,
                                    bytes_text(static_cast<std::int64_t>(free))));
  if (error == ENOSPC) fail(error);
}

void AtomicFile::told(SaveInstant instant) {
  if (const Observer observer = the_observer.load(std::memory_order_relaxed))
    if (const int error = observer(instant, size_)) fail(error);
}

void AtomicFile::write(const void* data, std::size_t size) {
  if (file_ < 0) cannot_write(path_, "it is finished already");
  const WithoutSizeSignal none_ends_the_program;
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

void AtomicFile::rewrite(std::int64_t at, const void* data, std::size_t size) {
  if (file_ < 0) cannot_write(path_, "it is finished already");
  if (at < 0 || at + static_cast<std::int64_t>(size) > size_)
    throw ValueError("only bytes that were written are put in another's place");
  const char* from = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t done = ::pwrite(file_, from, size, at);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) fail(errno);
    from += done;
    at += done;
    size -= static_cast<std::size_t>(done);
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
  delist();
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
  if (const int error = serial::flush_folder(folder_file_)) not_flushed(error);
  if (observer) observer(SaveInstant::finished, size_);
}

void AtomicFile::discard() noexcept {
  delist();
  if (file_ >= 0) {
    // Removed while it is still locked: nobody takes it for one that was left.
    if (!temporary_.empty()) ::unlinkat(folder_file_, temporary_.c_str(), 0);
    ::close(file_);
  }
  for (const int file : {folder_file_, old_file_})
    if (file >= 0) ::close(file);
  file_ = folder_file_ = old_file_ = -1;
  temporary_.clear();
}

void AtomicFile::fail(int error) const {
  if (error == EEXIST)
    throw FileError(fmt::format(
        "Trying to overwrite file when not allowed: '{}' exists; give another save_path, or "
        "allow_overwrite: True",
        path_));
  cannot_write(path_,
               advice(error, folder_) + (old_file_ >= 0 ? "; the old file is untouched" : ""));
}

}  // namespace ansatz
