#include "mapped_file.hpp"

#include <ansatz/base/regular_file.hpp>
#include <dsl/exceptions.hpp>

#include <dsl/in_quotes.hpp>

#include <fmt/format.h>

#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace ansatz::data {

MappedFile::MappedFile(const std::string& path) {
  const serial::RegularFile opened = serial::open_regular(path);
  const auto failed = [&](const std::string& why) {
    return FileError(fmt::format("cannot read {}: {}", in_quotes(path), why));
  };
  if (!opened.file) throw failed(opened.why);
  if (opened.size == 0) throw failed("it is damaged: it ends too early");
  size_ = static_cast<std::size_t>(opened.size);
  void* const mapped = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, opened.file.get(), 0);
  if (mapped == MAP_FAILED) throw failed(std::strerror(errno));
  data_ = static_cast<std::uint8_t*>(mapped);
}

MappedFile::~MappedFile() {
  if (data_) ::munmap(data_, size_);
}

}  // namespace ansatz::data
