// Files of the forms that data sets are published in, made for tests.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ansatz::testing {

template <class T>
std::string bytes_of(const T& value, bool big_endian = false) {
  std::string out(reinterpret_cast<const char*>(&value), sizeof value);
  return big_endian ? std::string(out.rbegin(), out.rend()) : out;
}
template <class T>
std::string bytes_of(const std::vector<T>& values, bool big_endian = false) {
  std::string out;
  for (const T& each : values) out += bytes_of(each, big_endian);
  return out;
}

/// A matrix of NORB: magic number, dimensions (three at least), elements.
inline std::string norb_matrix(std::uint32_t magic, const std::vector<std::int32_t>& dims,
                               const std::string& elements) {
  std::string out = bytes_of(magic) + bytes_of(static_cast<std::int32_t>(dims.size()));
  for (std::size_t i = 0; i < std::max<std::size_t>(dims.size(), 3); ++i)
    out += bytes_of(i < dims.size() ? dims[i] : std::int32_t{1});
  return out + elements;
}

/// A .mat file of version 5, element by element.
class MatFile {
 public:
  explicit MatFile(bool big_endian = false) : big_(big_endian), bytes_(116, ' ') {
    bytes_.replace(0, 19, "MATLAB 5.0 MAT-file");
    bytes_ += std::string(8, '\0') + bytes_of(std::uint16_t{0x0100}, big_) + (big_ ? "MI" : "IM");
  }
  /// @param kind  class of the array: 6 double, 7 single, 9 uint8, …
  /// @param type  type of its elements: 2 uint8, 5 int32, 7 single, 9 double, …
  MatFile& add(const std::string& name, int kind, const std::vector<std::int32_t>& dims, int type,
               const std::string& elements, bool packed = false) {
    const std::string flags = bytes_of(static_cast<std::uint32_t>(kind), big_) + std::string(4, 0);
    const std::string inside = element(6, flags) + element(5, bytes_of(dims, big_)) +
                               element(1, name) + element(type, elements);
    const std::string whole = element(14, inside);
    bytes_ += packed ? element(15, zlib(whole), false) : whole;
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string element(int type, const std::string& data, bool filled = true) const {
    // Short data stand in the tag.
    if (filled && !data.empty() && data.size() <= 4) {
      const auto word =
          static_cast<std::uint32_t>(data.size()) << 16 | static_cast<std::uint32_t>(type);
      return bytes_of(word, big_) + data + std::string(4 - data.size(), '\0');
    }
    std::string out = bytes_of(static_cast<std::uint32_t>(type), big_) +
                      bytes_of(static_cast<std::uint32_t>(data.size()), big_) + data;
    if (filled) out += std::string((8 - data.size() % 8) % 8, '\0');
    return out;
  }
  static std::string zlib(const std::string& bytes) {
    std::string out(compressBound(bytes.size()), '\0');
    uLongf size = out.size();
    compress(reinterpret_cast<Bytef*>(out.data()), &size,
             reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
    out.resize(size);
    return out;
  }
  bool big_;
  std::string bytes_;
};

}  // namespace ansatz::testing
