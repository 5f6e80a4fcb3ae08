#include <ansatz/files/byte_source.hpp>

#include <ansatz/base/regular_file.hpp>

#include <dsl/exceptions.hpp>

#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace ansatz::data {

namespace {

// Deflate packs at most 258 bytes into two bits: 1032 bytes into one.
constexpr std::int64_t most_unpacked = 1032;

std::string load(const std::string& path) {
  serial::RegularFile opened = serial::open_regular(path);
  if (!opened.file)
    throw FileError(opened.missing() ? fmt::format("{}: no such file", path)
                    : opened.error   ? fmt::format("{}: cannot be read: {}", path, opened.why)
                                     : fmt::format("{}: {}", path, opened.why));
  const auto size = static_cast<std::size_t>(opened.size);
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = ::read(opened.file.get(), bytes.data() + done, size - done);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0)
      throw FileError(fmt::format("{}: reading stopped at byte {} of {}{}", path, done, size,
                                  got < 0 ? fmt::format(" ({})", std::strerror(errno)) : ""));
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

}  // namespace

ByteSource::ByteSource(const std::string& path) : path_(path), bytes_(load(path)) {
  if (bytes_.size() < 2 || bytes_[0] != '\x1f' || bytes_[1] != '\x8b') return;
  stream_ = std::make_unique<z_stream_s>();
  if (inflateInit2(stream_.get(), 15 + 16) != Z_OK)  // 16: gzip, with its checksum
    throw FileError(fmt::format("{}: zlib cannot start", path_));
  stream_->next_in = reinterpret_cast<Bytef*>(bytes_.data());
}

ByteSource::~ByteSource() {
  if (stream_) inflateEnd(stream_.get());
}

void ByteSource::damaged(std::string_view what) const {
  const auto at = reinterpret_cast<const char*>(stream_->next_in) - bytes_.data();
  throw FileError(fmt::format("{}: gzip data {} at byte {} of {} ({} bytes unpacked)", path_, what,
                              at, bytes_.size(), position_));
}

std::int64_t ByteSource::most_left() const {
  if (!stream_) return static_cast<std::int64_t>(bytes_.size() - used_);
  return most_unpacked * static_cast<std::int64_t>(bytes_.size());
}

std::size_t ByteSource::read(std::uint8_t* out, std::size_t count) {
  std::size_t done = 0;
  if (!stream_) {
    done = std::min(count, bytes_.size() - used_);
    if (done) std::memcpy(out, bytes_.data() + used_, done);
    used_ += done;
    position_ += static_cast<std::int64_t>(done);
    return done;
  }
  while (done < count && !finished_) {
    // zlib counts in 32 bits, so larger requests are made in pieces.
    const std::size_t some = inflate_some(out + done, std::min(count - done, std::size_t{1} << 30));
    done += some;
    position_ += static_cast<std::int64_t>(some);
  }
  return done;
}

std::size_t ByteSource::inflate_some(std::uint8_t* out, std::size_t count) {
  const char* const end = bytes_.data() + bytes_.size();
  const auto left = static_cast<std::size_t>(end - reinterpret_cast<const char*>(stream_->next_in));
  const auto given = std::min(left, std::size_t{1} << 30);
  stream_->avail_in = static_cast<uInt>(given);
  stream_->next_out = out;
  stream_->avail_out = static_cast<uInt>(count);
  const int code = inflate(stream_.get(), Z_NO_FLUSH);
  const std::size_t made = count - stream_->avail_out;
  if (code == Z_STREAM_END) {
    // Another gzip member may follow; their contents belong together (RFC 1952).
    if (reinterpret_cast<const char*>(stream_->next_in) == end) {
      finished_ = true;
    } else {
      inflateReset(stream_.get());
    }
  } else if (code == Z_BUF_ERROR || (code == Z_OK && made == 0 && given == 0)) {
    damaged("end too early,");
  } else if (code != Z_OK) {
    damaged(stream_->msg ? fmt::format("damaged ({})", stream_->msg) : "damaged");
  }
  return made;
}

std::string read_all(ByteSource& source, std::int64_t limit) {
  std::string text;
  std::size_t size = 0;
  for (;;) {
    text.resize(std::max(std::size_t{1} << 16, 2 * size));
    size += source.read(reinterpret_cast<std::uint8_t*>(text.data()) + size, text.size() - size);
    if (static_cast<std::int64_t>(size) > limit)
      throw FileError(fmt::format("{}: more than {} bytes", source.path(), limit));
    if (size < text.size()) break;
  }
  text.resize(size);
  return text;
}

}  // namespace ansatz::data
