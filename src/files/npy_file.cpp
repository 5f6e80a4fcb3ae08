#include <ansatz/base/regular_file.hpp>
#include <ansatz/files/npy_file.hpp>

#include <dsl/exceptions.hpp>

#include <ansatz/files/read_at.hpp>
#include <dsl/in_quotes.hpp>
#include "npy.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace ansatz {

std::size_t data::read_at(int file, std::int64_t at, void* out, std::size_t count,
                          const std::string& path) {
  std::size_t done = 0;
  while (done < count) {
    const ssize_t got = ::pread(file, static_cast<char*>(out) + done, count - done,
                                at + static_cast<std::int64_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      throw FileError(fmt::format("cannot read {}: {}", in_quotes(path), std::strerror(errno)));
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

NpyFile::NpyFile(const std::string& path) : path_(path) {
  serial::RegularFile opened = serial::open_regular(path);
  const auto failed = [&](const std::string& why) {
    return FileError(fmt::format("cannot read {}: {}", path_in_quotes(path), why));
  };
  if (!opened.file) throw failed(opened.why);
  try {
    const running::NpyLayout layout = running::read_npy_layout([&](void* out, std::size_t n) {
      const std::size_t got = data::read_at(opened.file.get(), begin_, out, n, path);
      begin_ += static_cast<std::int64_t>(got);
      return got;
    });
    if (!layout.as_in_memory)
      throw std::string(
          "has elements that do not lie as in memory: it can be read, not mapped; save it by "
          "numpy.save(file, numpy.ascontiguousarray(x, 'float32'))");
    const auto there = static_cast<std::size_t>(opened.size - begin_);
    if (there < layout.bytes) throw std::string("is damaged: it ends too early");
    if (there > layout.bytes) throw std::string("is damaged: it goes on after its last element");
    type_ = layout.type;
    shape_ = layout.shape;
    bytes_ = static_cast<std::int64_t>(layout.bytes);
    row_bytes_ = shape_.empty() || shape_[0] == 0 ? 0 : bytes_ / shape_[0];
  } catch (const std::string& what) {
    throw failed("it " + what);
  }
  file_ = opened.file.release();
}

NpyFile::~NpyFile() {
  if (file_ >= 0) ::close(file_);
}

void NpyFile::read(std::int64_t first, std::int64_t count, void* out) const {
  const auto bytes = static_cast<std::size_t>(count * row_bytes_);
  if (data::read_at(file_, begin_ + first * row_bytes_, out, bytes, path_) < bytes)
    throw FileError(fmt::format("cannot read {}: it has become shorter: row {} is not there",
                                path_in_quotes(path_), first + count - 1));
}

}  // namespace ansatz
