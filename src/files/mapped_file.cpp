#include "mapped_file.hpp"

#include <dsl/exceptions.hpp>

#include <dsl/in_quotes.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace ansatz::data {

MappedFile::MappedFile(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat info {};
  const bool known = file >= 0 && ::fstat(file, &info) == 0;
  void* mapped = MAP_FAILED;
  if (known && S_ISREG(info.st_mode) && info.st_size > 0) {
    size_ = static_cast<std::size_t>(info.st_size);
    mapped = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
  }
  const int error = errno;
  if (file >= 0) ::close(file);
  const auto failed = [&](const char* why) {
    return FileError(fmt::format("cannot read {}: {}", in_quotes(path), why));
  };
  if (known && !S_ISREG(info.st_mode)) throw failed("it is no file that can be mapped");
  if (known && info.st_size == 0) throw failed("it is damaged: it ends too early");
  if (mapped == MAP_FAILED) throw failed(std::strerror(error));
  data_ = static_cast<std::uint8_t*>(mapped);
}

MappedFile::~MappedFile() {
  if (data_) ::munmap(data_, size_);
}

}  // namespace ansatz::data
