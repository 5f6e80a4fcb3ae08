#include "download.hpp"

#include <ansatz/files/held_folder.hpp>
#include <base/sha256.hpp>
#include <dsl/exceptions.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace ansatz::fetching {

PartFile::PartFile(const std::string& path) : path_(path) {
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (file_ < 0) fail("cannot write");
  if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
    const bool busy = errno == EWOULDBLOCK;
    ::close(file_);
    file_ = -1;
    if (busy) throw FileError(fmt::format("'{}' is being downloaded by another process", path_));
    fail("cannot lock");
  }
  struct stat s {};
  if (::fstat(file_, &s) == 0) size_ = s.st_size;
}

PartFile::~PartFile() {
  if (file_ >= 0) ::close(file_);
}

void PartFile::append(const void* data, std::size_t size) {
  const char* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t done = ::pwrite(file_, at, size, size_);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) fail("cannot write");
    at += done;
    size -= static_cast<std::size_t>(done);
    size_ += done;
  }
}

void PartFile::clear() {
  if (::ftruncate(file_, 0) != 0) fail("cannot shorten");
  size_ = 0;
}

std::string PartFile::sha256() const {
  Sha256 hash;
  std::vector<char> block(1 << 20);
  for (std::int64_t at = 0; at < size_;) {
    const ssize_t got = ::pread(file_, block.data(), block.size(), at);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) fail("cannot read");
    hash.add(block.data(), static_cast<std::size_t>(got));
    at += got;
  }
  return hash.hex();
}

void PartFile::rename_to(const std::string& path) {
  if (::fsync(file_) != 0) fail("cannot flush");
  if (::rename(path_.c_str(), path.c_str()) != 0) fail("cannot rename");
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const int at = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (at < 0) return;
  const int error = serial::flush_folder(at);
  ::close(at);
  errno = error;
  if (error) fail("cannot flush the folder of");
}

void PartFile::remove() { ::unlink(path_.c_str()); }

void PartFile::fail(const std::string& what) const {
  const int error = errno;
  std::string advice;
  if (error == ENOSPC) advice = "; make room and fetch again: what has arrived is kept";
  if (error == EDQUOT) advice = "; the quota is used up: make room and fetch again";
  if (error == EACCES || error == EROFS || error == EPERM)
    advice = "; choose a folder that can be written to with --to or ANSATZ_DATA_PATH";
  throw FileError(fmt::format("{} '{}': {}{}", what, path_, std::strerror(error), advice));
}

}  // namespace ansatz::fetching
