// Arrays of an HDF5 file, read in parts.
#pragma once

#include <dsl/array.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ansatz {

/// One array of an HDF5 file (The HDF Group), of integers or floats, which is read row by row: the
/// file may be far larger than memory. Several may be read at once; the library itself reads one
/// after the other.
class Hdf5Array {
 public:
  /// FileError: no such file, no HDF5 file, damaged. NameError, with the names there are, for
  /// another name; FileError for an array of something else than numbers, or without a dimension.
  Hdf5Array(const std::string& path, const std::string& name);
  ~Hdf5Array();
  Hdf5Array(const Hdf5Array&) = delete;
  Hdf5Array& operator=(const Hdf5Array&) = delete;

  const std::vector<std::int64_t>& shape() const;
  /// Whether its elements are integers.
  bool whole() const;
  /// Whether a float32 holds each of its elements as it is: float16, float32, integers of 16 bits.
  bool fits_float() const;

  /// Whether they are bytes from 0 to 255.
  bool bytes_alone() const;

  /// Reads rows first .. first + count - 1 into `out`, row-major, as float32, float64, int32 or, of
  /// bytes, uint8.
  /// FileError where the file is damaged there.
  void read(std::int64_t first, std::int64_t count, ElementType as, void* out) const;

 private:
  struct Handles;
  std::string path_, name_;
  std::unique_ptr<Handles> handles_;
};

}  // namespace ansatz
