#include "growing_file.hpp"

#include <ansatz/files/held_folder.hpp>
#include <ansatz/files/without_size_signal.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

namespace ansatz {

using serial::Descriptor, serial::HeldPlace;

void GrowingFile::fail(const std::string& why) const {
  throw FileError(fmt::format("{} cannot be written: {}", path_, why));
}

// A descriptor, or -1 with errno. The file may have come to be a pipe, which nobody waits for.
int GrowingFile::open(int flags) const {
  const HeldPlace place = serial::held_place(path_, serial::Trust::links);
  if (!place.why.empty()) fail(place.why);
  if (!place.folder) fail(std::strerror(place.error));
  const int always = O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  return ::openat(place.folder.get(), place.name.c_str(), always | flags, 0666);
}

void GrowingFile::make() {
  const Descriptor file(open(O_CREAT | O_EXCL));
  struct stat s {};
  if (!file || ::fstat(file.get(), &s) != 0) fail(std::strerror(errno));
  device_ = s.st_dev, inode_ = s.st_ino, size_ = 0;
}

void GrowingFile::take(std::int64_t size) {
  const Descriptor file(open(0));
  struct stat s {};
  size_ = -1;
  if (!file || ::fstat(file.get(), &s) != 0 || !S_ISREG(s.st_mode) || s.st_size != size) return;
  device_ = s.st_dev, inode_ = s.st_ino, size_ = size;
}

bool GrowingFile::append(const std::string& piece) {
  if (size_ < 0) return false;
  Descriptor file(open(0));
  struct stat s {};
  if (!file && (errno == ENOENT || errno == ELOOP || errno == ENXIO)) return false;
  if (!file || ::fstat(file.get(), &s) != 0) fail(std::strerror(errno));
  if (s.st_dev != device_ || s.st_ino != inode_ || s.st_size != size_) return false;
  const WithoutSizeSignal none_ends_the_program;
  int error = 0;
  for (std::string_view left = piece; !left.empty() && error == 0;) {
    const ssize_t done = ::write(file.get(), left.data(), left.size());
    if (done >= 0)
      left.remove_prefix(static_cast<std::size_t>(done));
    else if (errno != EINTR)
      error = errno;
  }
  const std::int64_t before = size_;
  // What stands there when the rest fails is not gone on with, unless it is as it was.
  size_ = -1;
  if (error != 0 && ::ftruncate(file.get(), before) == 0) size_ = before;
  const bool closed = ::close(file.release()) == 0 || errno == EINTR;
  if (error == 0 && !closed) error = errno;
  if (error != 0) fail(std::strerror(error));
  size_ = before + static_cast<std::int64_t>(piece.size());
  return true;
}

}  // namespace ansatz
