#include <ansatz/files/mapped_npy.hpp>

#include <dsl/exceptions.hpp>
#include <dsl/in_quotes.hpp>

#include "../dsl/text.hpp"
#include "npy.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace ansatz {

namespace {

struct Mapping {
  unsigned char* data = nullptr;
  std::size_t size = 0;
  ~Mapping() {
    if (data) ::munmap(data, size);
  }
};

}  // namespace

// The pages stay those of the file: read again, they come from the disk. Without it a walk through
// a file larger than the memory would fill the memory first.
void MappedArray::forget() const {
  const auto* const mapping = static_cast<const Mapping*>(owner.get());
  if (mapping && mapping->data) ::madvise(mapping->data, mapping->size, MADV_DONTNEED);
}

MappedArray map_npy(const std::string& path) {
  const std::string failed = "cannot read " + path_in_quotes(path) + ": ";
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat info {};
  const bool known = file >= 0 && ::fstat(file, &info) == 0;
  auto mapping = std::make_shared<Mapping>();
  void* data = MAP_FAILED;
  if (known && S_ISREG(info.st_mode) && info.st_size > 0) {
    mapping->size = static_cast<std::size_t>(info.st_size);
    data = ::mmap(nullptr, mapping->size, PROT_READ, MAP_PRIVATE, file, 0);
  }
  const int error = errno;
  if (file >= 0) ::close(file);
  if (known && !S_ISREG(info.st_mode)) throw FileError(failed + "it is no file that can be mapped");
  if (known && info.st_size == 0) throw FileError(failed + "it is damaged: it ends too early");
  if (data == MAP_FAILED) throw FileError(failed + std::strerror(error));
  mapping->data = static_cast<unsigned char*>(data);

  std::size_t at = 0;
  const auto read = [&](void* out, std::size_t n) {
    const std::size_t got = std::min(n, mapping->size - at);
    std::memcpy(out, mapping->data + at, got);
    at += got;
    return got;
  };
  // The reader of headers throws texts, to which each of its callers adds the file.
  try {
    running::NpyLayout layout = running::read_npy_layout(read);
    if (!layout.as_in_memory)
      throw std::string(
          "has elements that do not lie as in memory: it can be read, not mapped; save it by "
          "numpy.save(file, numpy.ascontiguousarray(x, 'float32'))");
    if (mapping->size - at < layout.bytes) throw std::string("is damaged: it ends too early");
    if (mapping->size - at > layout.bytes)
      throw std::string("is damaged: it goes on after its last element");
    if (at % static_cast<std::size_t>(element_size(layout.type)) != 0)
      throw std::string("has elements at odd places: it can be read, not mapped");
    return {layout.type, std::move(layout.shape), static_cast<std::int64_t>(layout.bytes),
            mapping->data + at, mapping};
  } catch (const std::string& what) {
    throw FileError(failed + "it " + what);
  }
}

}  // namespace ansatz
