// Memory for numbers.
#pragma once

#include <cstddef>
#include <cstring>
#include <new>
#include <utility>

namespace ansatz::running {

/// Bytes that the machine, or the group that the process is counted with, can still give; what is
/// more would end the program by a signal when it is written to. Not known: the most there is.
std::size_t available_memory();

/// Zeroed bytes, aligned to a cache line (and to the widest vector) and padded to whole ones, so
/// that a vector loop may read up to the end of the last.
class Block {
 public:
  static constexpr std::size_t line = 64;
  static constexpr std::size_t large = std::size_t{1} << 29;

  Block() = default;
  explicit Block(std::size_t bytes) { grow(bytes); }
  Block(Block&& other) noexcept { swap(other); }
  Block& operator=(Block&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Block() { release(); }

  /// At least this many bytes, all zero if that needed new memory. Returns whether it did.
  bool grow(std::size_t bytes) {
    const std::size_t padded = bytes == 0 ? line : (bytes + line - 1) / line * line;
    if (padded <= bytes_) return false;
    if (padded >= large && padded > available_memory()) throw std::bad_alloc();
    void* fresh = ::operator new(padded, std::align_val_t(line));
    release();
    data_ = fresh;
    bytes_ = padded;
    std::memset(data_, 0, padded);
    return true;
  }
  void* data() const { return data_; }
  std::size_t bytes() const { return bytes_; }

 private:
  void swap(Block& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
  }
  void release() {
    if (data_) ::operator delete(data_, std::align_val_t(line));
  }

  void* data_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace ansatz::running
