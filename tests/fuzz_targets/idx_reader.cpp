// Any bytes: they are read as an IDX file, plain or gzip.
#include <ansatz/files/idx.hpp>
#include <dsl/exceptions.hpp>

#include "memory_file.hpp"

using namespace fuzz;

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
