#include <ansatz/base/regular_file.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace ansatz::serial {

namespace {

const char* kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "not a file, but a folder";
  if (S_ISFIFO(mode)) return "not a file, but a pipe";
  if (S_ISSOCK(mode)) return "not a file, but a socket";
  return "not a file, but a device";
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    if (file_ >= 0) ::close(file_);
    file_ = other.release();
  }
  return *this;
}
Descriptor::~Descriptor() {
  if (file_ >= 0) ::close(file_);
}
int Descriptor::release() noexcept { return std::exchange(file_, -1); }

bool RegularFile::missing() const { return error == ENOENT || error == ENOTDIR; }

RegularFile open_regular(const std::string& path) {
  RegularFile opened;
  struct stat status {};
  // Looked at first: to open a device may already do something, such as to rewind a tape.
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    opened.why = kind_of(status.st_mode);
    return opened;
  }
  opened.file = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!opened.file || ::fstat(opened.file.get(), &status) != 0) {
    opened.error = errno;
    opened.why = std::strerror(opened.error);
    opened.file = Descriptor();
  } else if (!S_ISREG(status.st_mode)) {
    opened.why = kind_of(status.st_mode);
    opened.file = Descriptor();
  } else {
    opened.size = status.st_size;
  }
  return opened;
}

FileBeginning beginning_of(const std::string& path, std::size_t most) {
  FileBeginning found;
  const RegularFile opened = open_regular(path);
  found.why = opened.why;
  found.missing = opened.missing();
  char piece[1 << 16];
  while (opened.file && found.bytes.size() < most) {
    const ssize_t n =
        ::read(opened.file.get(), piece, std::min(sizeof piece, most - found.bytes.size()));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) found.why = std::strerror(errno);
    if (n <= 0) break;
    found.bytes.append(piece, static_cast<std::size_t>(n));
  }
  return found;
}

Stream stream_of(RegularFile opened) {
  std::FILE* const stream = ::fdopen(opened.file.get(), "rb");
  if (stream) (void)opened.file.release();
  return Stream(stream);
}

}  // namespace ansatz::serial
