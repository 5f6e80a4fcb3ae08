// Any bytes: they are an array of MATLAB's, a matrix of NORB, a sparse matrix, faces between
// blanks, or refused with an error that names the file.
#include <ansatz/files/mat.hpp>
#include <ansatz/files/norb_matrix.hpp>
#include <ansatz/files/sparse.hpp>
#include <dsl/exceptions.hpp>

#include "memory_file.hpp"

using namespace ansatz;
using namespace fuzz;

namespace {

void require_whole(const NpzArray& array) {
  std::size_t count = array.shape.empty() ? 0 : 1;
  for (const std::int64_t n : array.shape) count *= static_cast<std::size_t>(n);
  require(array.bytes.size() == count * static_cast<std::size_t>(element_size(array.type)));
}

template <class Read>
void read(const MemoryFile& file, Read read_file) {
  try {
    read_file(file.path());
  } catch (const FileError& error) {
    require(std::string(error.what()).find(file.path()) != std::string::npos);
  } catch (const NameError& error) {
    require(std::string(error.what()).find(file.path()) != std::string::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(data, size);
  read(file, [](const std::string& path) { require_whole(row_major(read_mat_array(path, "x"))); });
  read(file, [](const std::string& path) { require_whole(read_norb_matrix(path)); });
  read(file, [](const std::string& path) {
    const SparseMatrix m = read_sparse_npz(path);
    require(static_cast<std::int64_t>(m.starts.size()) == m.rows + 1);
    require(m.starts.front() == 0 && m.starts.back() == m.size());
    require(m.indices.size() == m.values.size());
    for (const std::int32_t i : m.indices) require(i >= 0 && i < m.columns);
  });
  return 0;
}
