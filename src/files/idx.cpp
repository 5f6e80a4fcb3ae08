#include <ansatz/files/idx.hpp>
#include <dsl/exceptions.hpp>

#include <ansatz/files/byte_source.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace ansatz {

namespace {

constexpr int most_dims = 8;
constexpr std::int64_t too_many = std::int64_t{1} << 62;

std::int64_t product(const std::vector<std::int64_t>& dims) {
  if (std::find(dims.begin(), dims.end(), 0) != dims.end()) return 0;
  std::int64_t n = 1;
  for (const std::int64_t d : dims) {
    if (n > too_many / d) return too_many;
    n *= d;
  }
  return n;
}

std::vector<std::int64_t> read_header(data::ByteSource& source) {
  std::array<std::uint8_t, 4> magic{};
  const std::size_t found = source.read(magic.data(), magic.size());
  if (found < magic.size())
    throw FileError(
        fmt::format("{}: not an IDX file: {} bytes, where the header alone has 8 or "
                    "more",
                    source.path(), found));
  if (magic[0] || magic[1])
    throw FileError(
        fmt::format("{}: not an IDX file: begins with {:02x}, where 00 00 08 and the "
                    "number of dimensions should stand (or 1f 8b, of gzip)",
                    source.path(), fmt::join(magic, " ")));
  if (magic[2] != 8)
    throw FileError(fmt::format("{}: IDX type {:#04x}; only 0x08, unsigned bytes, is read",
                                source.path(), magic[2]));
  const int rank = magic[3];
  if (rank < 1 || rank > most_dims)
    throw FileError(fmt::format("{}: {} dimensions, where 1 to {} are allowed", source.path(), rank,
                                most_dims));
  std::vector<std::int64_t> dims;
  for (int i = 0; i < rank; ++i) {
    std::array<std::uint8_t, 4> b{};
    if (source.read(b.data(), b.size()) < b.size())
      throw FileError(fmt::format("{}: truncated at byte {} of {}, in the header of {} dimensions",
                                  source.path(), source.position(), 4 + 4 * rank, rank));
    dims.push_back(std::int64_t{b[0]} << 24 | b[1] << 16 | b[2] << 8 | b[3]);
  }
  return dims;
}

}  // namespace

IdxArray read_idx(const std::string& path) {
  data::ByteSource source(path);
  IdxArray out;
  out.dims = read_header(source);
  const std::int64_t size = product(out.dims), header = source.position();
  if (size > source.most_left() && source.packed())
    throw FileError(
        fmt::format("{}: dimensions {} need {} bytes, more than a gzip file of this "
                    "size can hold ({})",
                    path, out.dims, size == too_many ? "more than 2^62" : std::to_string(size),
                    source.most_left()));
  const auto truncated = [&](std::int64_t at) {
    const std::string needed = size == too_many ? "more than 2^62" : std::to_string(header + size);
    return FileError(
        fmt::format("{}: truncated at byte {} of {} (dimensions {})", path, at, needed, out.dims));
  };
  if (size > source.most_left()) throw truncated(header + source.most_left());

  const auto count = static_cast<std::size_t>(size);
  for (std::size_t done = 0; done < count;) {
    const std::size_t next = std::min(count, std::max(std::size_t{1} << 20, 2 * done));
    out.values.reserve(next);  // exactly: resize alone might take twice as much
    out.values.resize(next);
    done += source.read(out.values.data() + done, next - done);
    if (done < next) throw truncated(source.position());
  }
  // Reading on also makes zlib compare the checksum at the end.
  std::array<std::uint8_t, 4096> rest{};
  std::int64_t extra = 0;
  while (const std::size_t more = source.read(rest.data(), rest.size())) {
    extra += static_cast<std::int64_t>(more);
    if (extra > std::int64_t{1} << 20) break;
  }
  if (extra)
    throw FileError(fmt::format("{}: {}{} bytes follow the {} bytes of dimensions {}", path,
                                extra > std::int64_t{1} << 20 ? "more than " : "",
                                std::min(extra, std::int64_t{1} << 20), header + size, out.dims));
  return out;
}

}  // namespace ansatz
