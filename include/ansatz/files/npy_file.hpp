// The array of a .npy file, read in parts.
#pragma once

#include <dsl/array.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ansatz {

/// An array as numpy.save writes it, which is read row by row: the file may be far larger than
/// memory. It is not mapped: a page that is touched would bring along up to a megabyte of its
/// neighbours, which counts as memory of the process. Several may read at once.
class NpyFile {
 public:
  /// Row-major, in the machine's byte order, of integers or of floats of 32 and 64 bits. FileError
  /// for others, and if it is missing or damaged.
  explicit NpyFile(const std::string& path);
  ~NpyFile();
  NpyFile(const NpyFile&) = delete;
  NpyFile& operator=(const NpyFile&) = delete;

  ElementType type() const { return type_; }
  const std::vector<std::int64_t>& shape() const { return shape_; }
  std::int64_t bytes() const { return bytes_; }
  /// Of a row: of all behind the first dimension.
  std::int64_t row_bytes() const { return row_bytes_; }
  /// Reads rows first .. first + count - 1. FileError where the file has become shorter.
  void read(std::int64_t first, std::int64_t count, void* out) const;

 private:
  std::string path_;
  int file_ = -1;
  ElementType type_ = ElementType::float32;
  std::vector<std::int64_t> shape_;
  std::int64_t begin_ = 0, bytes_ = 0, row_bytes_ = 0;
};

}  // namespace ansatz
