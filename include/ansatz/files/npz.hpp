// Files of named arrays as numpy.savez writes and numpy.load reads them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <dsl/array.hpp>

namespace ansatz {

/// An array read from a file; row-major, any rank.
struct NpzArray {
  std::string name;
  ElementType type = ElementType::float32;
  std::vector<std::int64_t> shape;
  std::vector<unsigned char> bytes;

  std::int64_t size() const { return static_cast<std::int64_t>(bytes.size()) / element_size(type); }
  /// The elements; null if they are not of type E.
  template <Number E>
  const E* data() const {
    return element_type_of<E>() == type ? reinterpret_cast<const E*>(bytes.data()) : nullptr;
  }
};

/// An array to be written: `{"W", view(pointer, {784, 500})}`.
struct NamedArray {
  std::string_view name;
  ArrayView array;
};

/// Reads every array of the file, stored or deflated: format versions 1 to 3 of .npy, in C or
/// Fortran order, little or big endian, integers, floats of 32 and 64 bits; floats of 16 bits
/// become float32, bool uint8. FileError, with the array's name, if the file is damaged, or an
/// array has another element type.
std::vector<NpzArray> read_npz(const std::string& path);

/// Writes arrays, uncompressed; the same arrays give the same bytes. `path` is replaced as a
/// whole (written beside it, flushed to the disk, renamed). Names consist of
/// A-Z a-z 0-9 _ . / -. NameError for others and for duplicates, FileError if writing fails.
void write_npz(const std::string& path, const std::vector<NamedArray>& arrays);

}  // namespace ansatz
