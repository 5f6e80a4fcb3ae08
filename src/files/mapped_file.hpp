// A file's bytes where the file lies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace ansatz::data {

/// A file mapped for reading. It must not become shorter while it is.
class MappedFile {
 public:
  /// FileError: "cannot read 'x': …", for a file that is missing, empty, or none.
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const std::uint8_t* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace ansatz::data
