// Sparse matrices as scipy.sparse.save_npz writes them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ansatz {

/// A matrix of which only the numbers that are not zero are kept, row by row: those of row i stand
/// at starts[i] .. starts[i + 1] - 1.
struct SparseMatrix {
  std::int64_t rows = 0, columns = 0;
  std::vector<std::int64_t> starts = {0};  ///< [rows + 1]
  std::vector<std::int32_t> indices;       ///< the column of each number
  std::vector<float> values;

  std::int64_t size() const { return static_cast<std::int64_t>(values.size()); }
};

/// Reads a .npz file of one of SciPy's formats: csr, csc or coo. Numbers become float32; those at
/// one place are added, as SciPy adds them. FileError: what `read_npz` throws, another format,
/// indices outside the shape, starts that go back or beyond the numbers there are.
SparseMatrix read_sparse_npz(const std::string& path);

}  // namespace ansatz
