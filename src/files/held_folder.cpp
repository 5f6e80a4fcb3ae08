#include <ansatz/files/held_folder.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace ansatz::serial {

namespace {

constexpr int most_links = 40;  // as Linux follows
constexpr mode_t written_by_others = S_IWGRP | S_IWOTH;

std::string joined(const std::string& folder, std::string_view name) {
  if (folder.empty()) return std::string(name);
  return fmt::format("{}{}{}", folder, folder.ends_with('/') ? "" : "/", name);
}

/// What stands before the last slash.
std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == path.npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string text_of(int link) {
  std::string to(PATH_MAX, '\0');
  const ssize_t length = ::readlinkat(link, "", to.data(), to.size());
  to.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
  return to;
}

/// Whether the entry `link` of `folder` may be followed.
std::string distrust_link(int folder, const struct stat& link, const std::string& path) {
  struct stat holds {};
  if (!open_to_all(folder) || link.st_uid == ::geteuid()) return "";
  if (::fstat(folder, &holds) == 0 && holds.st_uid == link.st_uid) return "";
  return fmt::format(
      "'{}' is a link that user {} laid into a folder open to all; name the file "
      "itself",
      path, link.st_uid);
}

/// What keeps a folder that is open from being trusted: owner, mode. "": nothing.
std::string distrust_folder(int folder, const std::string& path, Trust trust) {
  struct stat s {};
  if (::fstat(folder, &s) != 0) return fmt::format("'{}' cannot be looked at", path);
  if (trust == Trust::owners_and_own_groups && s.st_gid == s.st_uid)
    s.st_mode &= ~static_cast<mode_t>(S_IWGRP);
  if (s.st_uid != ::geteuid() && s.st_uid != 0)
    return fmt::format("the folder that holds it, '{}', belongs to user {}, this is user {}", path,
                       s.st_uid, ::geteuid());
  if ((s.st_mode & written_by_others) && !(s.st_mode & S_ISVTX))
    return fmt::format(
        "others can write to the folder that holds it, '{0}' (mode {1:04o}); "
        "chmod go-w '{0}'",
        path, s.st_mode & 07777);
  return "";
}

/// One way through a path without links; ends at the first link with `next` set to the path that
/// it leads to.
class Way {
 public:
  Way(const std::string& path, Trust trust) : path_(path), trust_(trust) {}

  HeldPlace go(std::string& next) {
    HeldPlace place;
    place.path = folder_of(path_);
    const bool from_root = path_.starts_with('/');
    place.folder = Descriptor(::open(from_root ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!place.folder) return failed(place, errno);
    std::string at = from_root ? "/" : "";
    std::size_t begin = 0;
    while (true) {
      if (trust_ != Trust::links) {
        place.why = distrust_folder(place.folder.get(), at.empty() ? "." : at, trust_);
        if (!place.why.empty()) return failed(place, EACCES);
      }
      const std::size_t end = std::min(path_.find('/', begin), path_.size());
      const bool last = end == path_.size();
      const std::string name = path_.substr(begin, end - begin);
      begin = end + 1;
      if (last && (name.empty() || name == "." || name == "..")) return place;
      if (name.empty() || name == ".") continue;
      Descriptor entry(::openat(place.folder.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
      struct stat is {};
      if (!entry || ::fstat(entry.get(), &is) != 0) {
        if (!last) return failed(place, errno);
      } else if (S_ISLNK(is.st_mode)) {
        place.why = distrust_link(place.folder.get(), is, joined(at, name));
        if (!place.why.empty()) return failed(place, EACCES);
        const std::string to = text_of(entry.get());
        if (to.empty()) return failed(place, ENOENT);
        next = to.starts_with('/') ? to : joined(at, to);
        if (!last) next = joined(next, path_.substr(begin));
        return place;
      }
      if (last) {
        place.name = name;
        return place;
      }
      if (!S_ISDIR(is.st_mode)) return failed(place, ENOTDIR);
      place.folder = std::move(entry);
      at = joined(at, name);
    }
  }

 private:
  static HeldPlace failed(HeldPlace& place, int error) {
    place.error = error;
    place.folder = Descriptor();
    return std::move(place);
  }

  const std::string& path_;
  Trust trust_;
};

}  // namespace

HeldPlace held_place(const std::string& path, Trust trust) {
  std::string at = path;
  for (int links = 0; links <= most_links; ++links) {
    std::string next;
    HeldPlace place = Way(at, trust).go(next);
    if (next.empty()) return place;
    at = std::move(next);
  }
  HeldPlace place;
  place.path = folder_of(at);
  place.error = ELOOP;
  place.why = fmt::format("more than {} symbolic links, one after the other", most_links);
  return place;
}

std::string file_named(const std::string& path) {
  struct stat s {};
  if (::stat(path.c_str(), &s) == 0) return fmt::format("{}:{}", s.st_dev, s.st_ino);
  const HeldPlace place = held_place(path, Trust::links);
  if (place.folder && ::fstat(place.folder.get(), &s) == 0)
    return fmt::format("{}:{}/{}", s.st_dev, s.st_ino, place.name);
  return path;
}

bool open_to_all(int folder) {
  struct stat s {};
  return ::fstat(folder, &s) == 0 && (s.st_mode & S_ISVTX) && (s.st_mode & S_IWOTH);
}

int flush_folder(int folder) {
  // Some file systems cannot, and say EINVAL.
  return ::fsync(folder) == 0 || errno == EINVAL ? 0 : errno;
}

}  // namespace ansatz::serial
