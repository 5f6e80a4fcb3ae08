// Any bytes: they are an HDF5 file whose array x is read, or refused with an error that names the
// file.
#include <ansatz/files/hdf5.hpp>
#include <dsl/exceptions.hpp>

#include "memory_file.hpp"

#include <algorithm>
#include <vector>

using namespace ansatz;
using namespace fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(data, size);
  try {
    const Hdf5Array array(file.path(), "x");
    std::int64_t width = 1;
    for (std::size_t d = 1; d < array.shape().size(); ++d)
      if (__builtin_mul_overflow(width, array.shape()[d], &width) || width > 1 << 16) return 0;
    const std::int64_t rows = std::min(array.shape()[0], std::int64_t{16});
    if (width < 1 || rows < 1) return 0;
    std::vector<float> out(static_cast<std::size_t>(rows * width));
    array.read(0, rows, ElementType::float32, out.data());
    array.read(array.shape()[0] - rows, rows, ElementType::float32, out.data());
  } catch (const FileError& error) {
    require(std::string(error.what()).find(file.path()) != std::string::npos);
  } catch (const NameError& error) {
    require(std::string(error.what()).find(file.path()) != std::string::npos);
  }
  return 0;
}
