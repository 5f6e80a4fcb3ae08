#include <ansatz/files/norb_matrix.hpp>
#include <dsl/exceptions.hpp>

#include <ansatz/files/atomic_file.hpp>
#include <ansatz/files/byte_source.hpp>

#include "../dsl/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

namespace ansatz {

namespace {

constexpr struct {
  std::uint32_t magic;
  ElementType type;
} types[] = {{0x1E3D4C51, ElementType::float32},
             {0x1E3D4C53, ElementType::float64},
             {0x1E3D4C54, ElementType::int32},
             {0x1E3D4C55, ElementType::uint8},
             {0x1E3D4C56, ElementType::int16}};

std::optional<ElementType> type_of(std::uint32_t magic) {
  for (const auto& each : types)
    if (each.magic == magic) return each.type;
  return std::nullopt;
}

constexpr std::uint32_t packed_matrix = 0x1E3D4C52;
constexpr std::uint32_t most_axes = 8, least_written = 3;

std::uint32_t word(data::ByteSource& source) {
  std::uint8_t b[4];
  if (source.read(b, 4) < 4)
    throw FileError(
        fmt::format("{}: ends at byte {}, within its header", source.path(), source.position()));
  return b[0] | std::uint32_t{b[1]} << 8 | std::uint32_t{b[2]} << 16 | std::uint32_t{b[3]} << 24;
}

}  // namespace

NpzArray read_norb_matrix(const std::string& path) {
  data::ByteSource source(path);
  const std::uint32_t magic = word(source);
  const std::optional<ElementType> type = type_of(magic);
  if (!type)
    throw FileError(fmt::format(
        "{}: magic number {:#010x} at byte 0{}; a matrix of NORB begins with 0x1e3d4c51 (float), "
        "53 (double), 54 (32 bits), 55 (bytes) or 56 (16 bits)",
        path, magic, magic == packed_matrix ? ", a packed matrix, which is not read" : ""));
  NpzArray out;
  out.type = *type;
  const std::uint32_t rank = word(source);
  if (rank < 1 || rank > most_axes)
    throw FileError(
        fmt::format("{}: {} dimensions at byte 4; allowed are 1 to {}", path, rank, most_axes));
  const std::int64_t width = element_size(*type);
  std::int64_t bytes = width;
  for (std::uint32_t d = 0; d < std::max(rank, least_written); ++d) {
    const std::int64_t at = source.position();
    const std::uint32_t size = word(source);
    if (d >= rank) continue;
    out.shape.push_back(size);
    if (size > 0x7fffffffu || __builtin_mul_overflow(bytes, std::int64_t{size}, &bytes))
      throw FileError(
          fmt::format("{}: dimension {} at byte {} is {}, which is impossible", path, d, at, size));
  }
  if (bytes > source.most_left())
    throw FileError(
        fmt::format("{}: a matrix of dimensions {} needs {} bytes behind byte {}; at "
                    "most {} are there",
                    path, out.shape, bytes, source.position(), source.most_left()));
  constexpr std::int64_t chunk = std::int64_t{1} << 24;
  while (std::ssize(out.bytes) < bytes) {
    const std::size_t at = out.bytes.size();
    const auto part = static_cast<std::size_t>(std::min(chunk, bytes - std::ssize(out.bytes)));
    out.bytes.resize(at + part);
    if (source.read(out.bytes.data() + at, part) < part)
      throw FileError(fmt::format("{}: truncated at byte {}: {} bytes of elements are missing",
                                  path, source.position(), bytes - static_cast<std::int64_t>(at)));
  }
  std::uint8_t more = 0;
  if (source.read(&more, 1) > 0)
    throw FileError(fmt::format("{}: goes on behind its last element, at byte {}", path,
                                source.position() - 1));
  return out;
}

void write_norb_matrix(const std::string& path, const ArrayView& array) {
  std::vector<std::uint32_t> header;
  for (const auto& each : types)
    if (each.type == array.type) header.push_back(each.magic);
  if (header.empty())
    throw ValueError(fmt::format("{}: a matrix of NORB cannot have elements of type {}", path,
                                 running::type_name(array.type)));
  const int rank = array.dims.rank;
  if (rank < 1) throw ValueError(fmt::format("{}: a single number is no matrix of NORB", path));
  header.push_back(static_cast<std::uint32_t>(rank));
  for (int d = 0; d < std::max(rank, int{least_written}); ++d)
    header.push_back(d < rank ? static_cast<std::uint32_t>(array.dims[d]) : 1);
  AtomicFile file(path);
  file.write(header.data(), header.size() * sizeof header[0]);
  file.write(array.data, static_cast<std::size_t>(array.dims.count() * element_size(array.type)));
  file.commit();
}

}  // namespace ansatz
