// Files of named tensors in the format safetensors (huggingface/safetensors): eight bytes with the
// length of a header, the header in JSON, the tensors' bytes. Nothing in such a file can be run.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <ansatz/files/atomic_file.hpp>
#include <dsl/array.hpp>

namespace ansatz {

/// A tensor with a name and memory of its own; row-major, little-endian, any rank.
struct NamedTensor {
  std::string name;
  ElementType type = ElementType::float32;
  std::vector<std::int64_t> shape;
  std::vector<unsigned char> bytes;

  NamedTensor() = default;
  /// Copies product-of-shape elements from `values`.
  NamedTensor(std::string its_name, ElementType its_type, std::vector<std::int64_t> its_shape,
              const void* values);
  template <Number E>
  NamedTensor(std::string its_name, std::vector<std::int64_t> its_shape, const E* values)
      : NamedTensor(std::move(its_name), element_type_of<E>(), std::move(its_shape), values) {}

  /// Number of elements.
  std::int64_t size() const { return static_cast<std::int64_t>(bytes.size()) / element_size(type); }
  /// The elements; null if they are not of type E, or if there are none.
  template <Number E>
  const E* data() const {
    return element_type_of<E>() == type ? reinterpret_cast<const E*>(bytes.data()) : nullptr;
  }
  /// Same name, type, shape and bits.
  bool operator==(const NamedTensor&) const = default;
};

/// What a file holds: tensors in their order, and text by its key.
struct TensorFile {
  std::vector<NamedTensor> tensors;
  std::map<std::string, std::string> metadata;

  /// Null if there is none.
  const NamedTensor* find(std::string_view name) const;
  bool operator==(const TensorFile&) const = default;
};

/// Whether the checksums that `write_tensor_file` keeps are compared. `ignore` is for tools that
/// look into damaged files.
enum class Checksums : std::uint8_t { verify, ignore };

/// Reads a whole file: F32, F64 and all integers of 8 to 64 bits. Files of other programs, which
/// have no checksums, are read as well; `metadata` comes without the checksums.
///
/// Checked before any memory is asked for: the header's length (at most 100 MB), JSON, UTF-8,
/// names given twice, sizes (shape times size of an element, without overflow), tensors that
/// overlap, leave holes or lie outside, bytes left over. One FileError says what is wrong, of
/// which tensor, and at which byte.
TensorFile read_tensor_file(const std::string& path, Checksums checksums = Checksums::verify);

/// The same from memory; `path` is for messages.
TensorFile parse_tensor_file(std::string_view bytes, const std::string& path,
                             Checksums checksums = Checksums::verify);

/// The metadata, and the tensors without their values: only the header is read.
TensorFile read_tensor_header(const std::string& path);

/// The metadata's key by which files say that they hold a "data set" or a "preprocessor".
inline constexpr const char* saved_kind_key = "ansatz.kind";
/// What the file says that it holds; "" of models and of files of other programs.
std::string saved_kind(const std::string& path);

/// What `write_tensor_file` writes, in memory.
std::string tensor_file_bytes(const TensorFile& file);

/// Replaces `path` as a whole (AtomicFile). The same content gives the same bytes. A CRC-32
/// (zlib's) of each tensor, `ansatz.crc32.NAME`, and of the header, `ansatz.header_crc32` (taken
/// with eight zeros in its place), stand in the metadata: a flipped bit anywhere is found.
///
/// NameError for tensors without a name or with the same one, and for keys of the checksums;
/// ValueError for a shape that is not that of the bytes and for text that is not UTF-8;
/// FileError if writing fails.
void write_tensor_file(const std::string& path, const TensorFile& file,
                       Overwrite overwrite = Overwrite::replace,
                       Replaces what = Replaces::anything);

/// How many bytes that file would have. Errors as of write_tensor_file.
std::int64_t tensor_file_size(const TensorFile& file);

}  // namespace ansatz
