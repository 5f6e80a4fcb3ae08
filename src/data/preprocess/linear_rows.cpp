#include "linear_rows.hpp"

#include <dsl/exceptions.hpp>
#include <dsl/kernels/gemm.hpp>

#include <algorithm>
#include <cmath>

namespace ansatz::preprocess {

namespace {

// What undoes y = (x - mean) M: x = y M+ + mean.
class InverseRows final : public LinearRows {
 public:
  InverseRows(std::vector<double> matrix, std::int64_t inputs, std::vector<double> mean)
      : LinearRows("the inverse of a preprocessor") {
    mean_ = {{inputs}, std::vector<double>(static_cast<std::size_t>(inputs))};
    matrix_ = {{inputs, std::ssize(mean)}, std::move(matrix)};
    offset_ = std::move(mean);
  }
};

}  // namespace

std::int64_t LinearRows::width(std::int64_t features) const {
  require_width(features, std::ssize(mean_.values));
  return matrix_.shape.at(1);
}

void LinearRows::rows(const double* in, double* out, std::int64_t count, std::int64_t) const {
  const std::int64_t n = std::ssize(mean_.values), columns = matrix_.shape[1];
  std::vector<double> centred(in, in + count * n);
  for (std::int64_t i = 0; i < count; ++i)
    for (std::int64_t k = 0; k < n; ++k)
      centred[static_cast<std::size_t>(i * n + k)] -= mean_.values[static_cast<std::size_t>(k)];
  gemm<double>(false, false, count, columns, n, 1, centred.data(), n, matrix_.values.data(),
               columns, 0, out, columns);
  if (offset_.empty()) return;
  for (std::int64_t i = 0; i < count; ++i)
    for (const double o : offset_) *out++ += o;
}

// M+ = M' (M M')+ = (M' M)+ M', the smaller of the two by its eigenvectors.
std::shared_ptr<PreprocessorRun> LinearRows::inverse() const {
  const std::int64_t n = std::ssize(mean_.values), m = matrix_.shape.at(1);
  std::vector<double> gram(static_cast<std::size_t>(m * m));
  gemm<double>(true, false, m, m, n, 1, matrix_.values.data(), m, matrix_.values.data(), m, 0,
               gram.data(), m);
  const SymmetricEigen eigen = symmetric_eigen(gram, static_cast<std::size_t>(m));
  const double least = 1e-14 * std::max(eigen.values.back(), 0.) * static_cast<double>(m);
  // U diag(1 / s) U' = A A', A = U diag(s^(-1/2)).
  std::vector<double> half(eigen.vectors.size()), inverted(eigen.vectors.size());
  for (std::size_t i = 0; i < half.size(); ++i) {
    const double s = eigen.values[i % static_cast<std::size_t>(m)];
    half[i] = s > least ? eigen.vectors[i] / std::sqrt(s) : 0;
  }
  gemm<double>(false, true, m, m, m, 1, half.data(), m, half.data(), m, 0, inverted.data(), m);
  std::vector<double> matrix(static_cast<std::size_t>(m * n));
  gemm<double>(false, true, m, n, m, 1, inverted.data(), m, matrix_.values.data(), m, 0,
               matrix.data(), n);
  return std::make_shared<InverseRows>(std::move(matrix), m, mean_.values);
}

Covariance LinearRows::covariance(const std::shared_ptr<const BatchSource>& data, bool few) const {
  const std::int64_t n = features(*data);
  const auto size = static_cast<std::size_t>(n);
  Covariance c;
  c.mean.resize(size);
  c.examples = for_each_row(data, [&](const double* x, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i)
      for (double& m : c.mean) m += *x++;
  });
  for (double& m : c.mean) m /= static_cast<double>(c.examples);
  few = few && c.examples < n;
  if (!few) c.products.resize(size * size);
  std::vector<double> centred;
  for_each_row(data, [&](const double* x, std::int64_t count) {
    centred.assign(x, x + count * n);
    for (std::size_t i = 0; i < centred.size(); ++i) centred[i] -= c.mean[i % size];
    if (few)
      c.centred.insert(c.centred.end(), centred.begin(), centred.end());
    else
      gemm<double>(true, false, n, n, count, 1, centred.data(), n, centred.data(), n, 1,
                   c.products.data(), n);
  });
  return c;
}

}  // namespace ansatz::preprocess
