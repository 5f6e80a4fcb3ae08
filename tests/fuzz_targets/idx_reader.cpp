// Any bytes: they are read as an IDX file, plain or gzip.
#include <ansatz/files/idx.hpp>
#include <dsl/exceptions.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

/// A file in memory, as the reader opens files by their path.
class MemoryFile {
 public:
  MemoryFile(const std::uint8_t* data, std::size_t size) : file_(::memfd_create("input", 0)) {
    require(file_ >= 0);
    require(::write(file_, data, size) == static_cast<ssize_t>(size));
  }
  ~MemoryFile() { ::close(file_); }
  MemoryFile(const MemoryFile&) = delete;
  std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

 private:
  int file_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(data, size);
  try {
    const ansatz::IdxArray array = ansatz::read_idx(file.path());
    std::size_t count = array.dims.empty() ? 0 : 1;
    for (const std::int64_t d : array.dims) count *= static_cast<std::size_t>(d);
    require(array.values.size() == count);
  } catch (const ansatz::FileError& error) {
    require(std::string(error.what()).starts_with(file.path() + ": "));
  }
  return 0;
}
