#include "eigen.hpp"

#include "../dsl/one_blas_thread.hpp"

#include <dsl/exceptions.hpp>

#include <xtensor-blas/xlinalg.hpp>
#include <xtensor/xadapt.hpp>

#include <array>

namespace ansatz {

SymmetricEigen symmetric_eigen(const std::vector<double>& matrix, std::size_t n) {
  const std::array<std::size_t, 2> shape = {n, n};
  // Its many small products on several threads wait for each other longer than they work.
  const running::OneBlasThread one(true);
  SymmetricEigen found;
  try {
    const auto solved = xt::linalg::eigh(xt::adapt(matrix, shape));
    const auto& values = std::get<0>(solved);
    const auto& vectors = std::get<1>(solved);
    found.values.assign(values.data(), values.data() + n);
    found.vectors.resize(n * n);
    // LAPACK's matrices are column-major.
    for (std::size_t k = 0; k < n; ++k)
      for (std::size_t i = 0; i < n; ++i) found.vectors[i * n + k] = vectors.data()[k * n + i];
  } catch (const std::runtime_error&) {
    throw ValueError("the eigenvalues of a covariance cannot be computed: are its numbers finite?");
  }
  return found;
}

}  // namespace ansatz
