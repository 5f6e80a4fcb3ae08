// Bytes at a place of a file.
#pragma once

#include <cstdint>
#include <string>

namespace ansatz::data {

/// Reads up to `count` bytes at `at`, fewer only at the end of the file. FileError, with the
/// path, where the system refuses.
std::size_t read_at(int file, std::int64_t at, void* out, std::size_t count,
                    const std::string& path);

}  // namespace ansatz::data
