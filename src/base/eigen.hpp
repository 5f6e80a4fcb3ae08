// Eigenvalues and eigenvectors of symmetric matrices, by LAPACK.
#pragma once

#include <cstddef>
#include <vector>

namespace ansatz {

struct SymmetricEigen {
  std::vector<double> values;   ///< ascending
  std::vector<double> vectors;  ///< [n, n]: column k belongs to value k; orthonormal
};

/// Of a symmetric matrix [n, n], row-major. ValueError where LAPACK's dsyevd does not converge.
SymmetricEigen symmetric_eigen(const std::vector<double>& matrix, std::size_t n);

}  // namespace ansatz
