// A file that is read: a regular one, or none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

namespace ansatz::serial {

/// Closes what it holds.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int file) : file_(file) {}
  Descriptor(Descriptor&& other) noexcept : file_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  int get() const { return file_; }
  explicit operator bool() const { return file_ >= 0; }
  int release() noexcept;

 private:
  int file_ = -1;
};

/// A file that is open for reading, or why it is not.
struct RegularFile {
  Descriptor file;
  std::int64_t size = 0;
  std::string why;  ///< "not a file, but a folder"; "" where it is open
  int error = 0;    ///< errno, where the system refused

  bool missing() const;
};

/// Every reader of files opens them here. A folder, pipe, socket or device is refused at once: a
/// pipe would be waited for, a device may never end. By descriptor: what is read is what was looked
/// at.
RegularFile open_regular(const std::string& path);

struct CloseStream {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using Stream = std::unique_ptr<std::FILE, CloseStream>;

/// What a regular file begins with: at most so many bytes, fewer where there are no more.
struct FileBeginning {
  std::string bytes;
  std::string why;  ///< it cannot be read: "not a file, but a pipe"
  bool missing = false;
};
FileBeginning beginning_of(const std::string& path, std::size_t most);

/// As a stream of C. Null where there is no memory for it; the file is then closed.
Stream stream_of(RegularFile opened);

}  // namespace ansatz::serial
