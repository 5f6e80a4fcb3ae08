// The array of a .npy file in the file's own memory.
#pragma once

#include <dsl/array.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ansatz {

/// An array that is read where the file lies. The file must not become shorter while it is.
struct MappedArray {
  ElementType type = ElementType::float32;
  std::vector<std::int64_t> shape;
  std::int64_t bytes = 0;
  const unsigned char* data = nullptr;
  std::shared_ptr<const void> owner;  ///< the mapping; keeps `data` alive

  /// What was read so far need not stay in memory; it is read again from the file when asked for.
  void forget() const;
};

/// Maps a file as numpy.save writes it: row-major, in the machine's byte order, of integers or of
/// floats of 32 and 64 bits. FileError for others, and if it is missing or damaged.
MappedArray map_npy(const std::string& path);

}  // namespace ansatz
