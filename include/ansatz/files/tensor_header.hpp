// The header of a safetensors file.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <dsl/array.hpp>

namespace ansatz {
struct TensorFile;
}

namespace ansatz::serial {

struct TensorEntry {
  std::string name;
  ElementType type = ElementType::float32;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0, end = 0;  ///< bytes, counted from the end of the header
};

struct TensorHeader {
  std::vector<TensorEntry> tensors;  ///< in the order of the text
  std::map<std::string, std::string> metadata;
};

constexpr std::uint64_t most_header = 100'000'000;  // as the reference implementation
constexpr std::size_t length_bytes = 8;             // before the header

constexpr std::string_view tensor_checksum = "ansatz.crc32.";
constexpr std::string_view header_checksum = "ansatz.header_crc32";
/// What a header of ours begins with; eight hexadecimal digits follow.
constexpr std::string_view header_begin = R"({"__metadata__":{"ansatz.header_crc32":")";
constexpr std::size_t checksum_digits = 8;

/// "F32", "I64", …
const char* safetensors_type(ElementType type);

/// Parses the text of a header; `path` is for messages. FileError.
TensorHeader parse_header(std::string_view text, const std::string& path);

/// Throws unless the tensors fill `data_bytes` without overlap or hole, each as its shape says.
void check_layout(const TensorHeader& header, std::uint64_t data_bytes, const std::string& path);

/// What a file is that is not safetensors, by its first bytes (eight, where it has them).
std::string kind_of(std::string_view begin);

/// As read_tensor_file, but of tensors whose names are not wanted the values are not read.
TensorFile read_tensors(const std::string& path, bool (*wanted)(std::string_view name));

/// Eight hexadecimal digits.
std::string checksum_of(const void* bytes, std::size_t size);
/// That of a header of ours: its own digits count as zeros.
std::string checksum_of_header(std::string_view text);

}  // namespace ansatz::serial
