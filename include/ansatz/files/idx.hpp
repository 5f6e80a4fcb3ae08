// The IDX format of MNIST: arrays of bytes with any number of dimensions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ansatz {

/// An array of unsigned bytes, row-major.
struct IdxArray {
  std::vector<std::int64_t> dims;    ///< outermost first; 1 to 8 of them
  std::vector<std::uint8_t> values;  ///< product of dims
};

/// Reads an IDX file, plain or gzip: two zero bytes, the type byte 8 (unsigned bytes; no other
/// type is read), the number of dimensions, each dimension as a big-endian 32-bit integer, the
/// values (Y. LeCun, C. Cortes, "The MNIST database of handwritten digits").
///
/// Memory grows with the bytes that are there, not with those that the header promises.
/// Throws FileError: no such file, another magic number or type, values cut off (with the byte
/// where they end), bytes left over, damaged gzip data.
IdxArray read_idx(const std::string& path);

}  // namespace ansatz
