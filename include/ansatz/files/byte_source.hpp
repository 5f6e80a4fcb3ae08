// A file's bytes, unpacked while they are read when it is gzip.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;

namespace ansatz::data {

class ByteSource {
 public:
  /// Throws FileError when there is no such file or it cannot be read.
  explicit ByteSource(const std::string& path);
  ~ByteSource();

  /// Reads up to `count` bytes; fewer only where the data end. Throws FileError for gzip data
  /// that are damaged or end too early.
  std::size_t read(std::uint8_t* out, std::size_t count);

  /// Bytes read so far.
  std::int64_t position() const { return position_; }
  /// Whether the file is gzip.
  bool packed() const { return stream_ != nullptr; }
  /// More bytes than this cannot follow, whatever the header says.
  std::int64_t most_left() const;
  const std::string& path() const { return path_; }

 private:
  std::size_t inflate_some(std::uint8_t* out, std::size_t count);
  [[noreturn]] void damaged(std::string_view what) const;

  std::string path_;
  std::string bytes_;
  std::size_t used_ = 0;  // of bytes_, when it is not packed
  std::int64_t position_ = 0;
  bool finished_ = false;
  std::unique_ptr<z_stream_s> stream_;
};

/// All bytes; no more than `limit`.
std::string read_all(ByteSource& source, std::int64_t limit);

}  // namespace ansatz::data
