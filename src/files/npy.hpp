// An array in the .npy format, alone in a file or as part of an .npz file.
#pragma once

#include <ansatz/files/npz.hpp>

#include <functional>
#include <string>

namespace ansatz::running {

/// Puts up to n of the next bytes where the pointer says and returns how many; 0 only at the end.
/// Throws a std::string with what is wrong.
using ReadBytes = std::function<std::size_t(void*, std::size_t)>;

/// Reads an array without a name, to the end of the bytes. Throws a std::string with what is
/// wrong, to follow the words "array x": "is damaged: it ends too early".
/// @param texts  whether texts ("|S3") are read, too: as the bytes of all of them
NpzArray read_npy(const ReadBytes& read, bool texts = false);

/// Elements of `width` bytes whose first index runs fastest, put in the order in which the last one
/// does.
std::vector<unsigned char> in_c_order(const std::vector<unsigned char>& from,
                                      const std::vector<std::int64_t>& shape, std::size_t width);

/// What stands before the elements of an array: how they lie behind it.
struct NpyLayout {
  ElementType type = ElementType::float32;
  std::vector<std::int64_t> shape;
  std::size_t bytes = 0;
  bool as_in_memory = false;  ///< row-major, and each element as this machine has it
};
/// Reads the header alone. Throws as `read_npy` does.
NpyLayout read_npy_layout(const ReadBytes& read);

/// As ansatz::read_npz; texts are there as their bytes.
std::vector<NpzArray> read_npz_with_texts(const std::string& path);

/// What stands before the elements.
std::string npy_header(const ArrayView& array);

}  // namespace ansatz::running
