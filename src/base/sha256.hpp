// SHA-256 (FIPS 180-4), of files and of text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ansatz {

/// The hash of what was added.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(const void* data, std::size_t size);
  void add(std::string_view text) { add(text.data(), text.size()); }

  /// 64 lowercase hexadecimal digits; nothing can be added afterwards.
  std::string hex();

 private:
  void* context_;
};

std::string sha256_of(std::string_view text);
/// FileError for what cannot be read, or is no regular file.
std::string sha256_of_file(const std::string& path);

}  // namespace ansatz
