#include <ansatz/files/npy.hpp>

#include <ansatz/files/atomic_file.hpp>

#include <files/npy.hpp>

namespace ansatz {

void write_npy(const std::string& path, const ArrayView& array) {
  const std::string header = running::npy_header(array);
  AtomicFile file(path);
  file.write(header.data(), header.size());
  file.write(array.data, static_cast<std::size_t>(array.dims.count() * element_size(array.type)));
  file.commit();
}

}  // namespace ansatz
