#include <ansatz/data/preprocess/whitening.hpp>

#include <dsl/exceptions.hpp>
#include <dsl/kernels/gemm.hpp>

#include "linear_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ansatz {

namespace {

using preprocess::Covariance;
using preprocess::LinearRows;

class PCARun final : public LinearRows {
 public:
  explicit PCARun(const PCA& how)
      : LinearRows("PCA"), components_(how.num_components), whiten_(how.whiten) {}

  void fit(const std::shared_ptr<const BatchSource>& data) override {
    const std::int64_t n = features(*data);
    if (components_ > n)
      throw ValueError(
          fmt::format("PCA: num_components is {}, but examples have {} numbers", components_, n));
    Covariance c = covariance(data);
    for (double& p : c.products)
      p /= static_cast<double>(std::max<std::int64_t>(c.examples - 1, 1));
    const SymmetricEigen eigen = symmetric_eigen(c.products, static_cast<std::size_t>(n));
    mean_ = {{n}, c.mean};
    matrix_ = {{n, components_}, {}};
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t k = 0; k < components_; ++k) {
        const auto from = static_cast<std::size_t>(n - 1 - k);  // the largest come first
        const double scale = whiten_ ? 1 / std::sqrt(std::max(eigen.values[from], tiny)) : 1;
        matrix_.values.push_back(eigen.vectors[static_cast<std::size_t>(i * n) + from] * scale);
      }
  }

 private:
  // A direction without variance stays one.
  static constexpr double tiny = 1e-12;
  std::int64_t components_;
  bool whiten_;
};

class ZCARun final : public LinearRows {
 public:
  explicit ZCARun(const ZCA& how) : LinearRows("ZCA"), how_(how) {}

  void fit(const std::shared_ptr<const BatchSource>& data) override {
    const std::int64_t n = features(*data);
    const bool all = !how_.n_components && !how_.n_drop_components;
    const Covariance c = covariance(data, all && how_.filter_bias > 0);
    mean_ = {{n}, c.mean};
    if (c.centred.empty())
      whiten(c, n);
    else
      whiten_few(c, n);
  }

 private:
  void whiten(const Covariance& c, std::int64_t n) {
    const auto size = static_cast<std::size_t>(n);
    std::vector<double> matrix = c.products;
    for (double& p : matrix) p /= static_cast<double>(c.examples);
    for (std::size_t k = 0; k < size; ++k) matrix[k * size + k] += how_.filter_bias;
    const SymmetricEigen eigen = symmetric_eigen(matrix, size);
    std::int64_t first = 0;  // of the directions that are kept, by ascending variance
    if (how_.n_components) first = std::max<std::int64_t>(0, n - *how_.n_components);
    if (how_.n_drop_components) first += *how_.n_drop_components;
    if (first >= n) throw ValueError(fmt::format("ZCA: of {} directions none is kept", n));
    for (std::int64_t k = first; k < n; ++k)
      if (!(eigen.values[static_cast<std::size_t>(k)] > 0))
        throw ValueError(
            fmt::format("ZCA: the features have no variance in a direction, so that it cannot be "
                        "made 1; give a filter_bias above 0 (it is {}), or drop components",
                        how_.filter_bias));
    // V diag(1 / sqrt(l)) V' = A A', A = V diag(l^(-1/4)).
    const std::int64_t kept = n - first;
    std::vector<double> half(static_cast<std::size_t>(n * kept));
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t k = 0; k < kept; ++k)
        half[static_cast<std::size_t>(i * kept + k)] =
            eigen.vectors[static_cast<std::size_t>(i * n + first + k)] /
            std::pow(eigen.values[static_cast<std::size_t>(first + k)], .25);
    matrix_ = {{n, n}, std::vector<double>(size * size)};
    gemm<double>(false, true, n, n, kept, 1, half.data(), kept, half.data(), kept, 0,
                 matrix_.values.data(), n);
  }

  // With fewer examples than numbers, by the eigenvectors u of X X' / examples, which is smaller: V
  // has the directions X' u, and those without variance have the eigenvalue b, so that
  //   V diag((l + b)^(-1/2)) V' = b^(-1/2) - V diag(b^(-1/2) - (l + b)^(-1/2)) V',
  // where the difference is l / (sqrt(b (l + b)) (sqrt(b) + sqrt(l + b))) without cancelling, and a
  // column of V is X' u / sqrt(l examples): the l goes.
  void whiten_few(const Covariance& c, std::int64_t n) {
    const std::int64_t m = c.examples;
    const auto few = static_cast<std::size_t>(m), size = static_cast<std::size_t>(n);
    const double b = how_.filter_bias, count = static_cast<double>(m);
    std::vector<double> gram(few * few);
    gemm<double>(false, true, m, m, n, 1 / count, c.centred.data(), n, c.centred.data(), n, 0,
                 gram.data(), m);
    SymmetricEigen eigen = symmetric_eigen(gram, few);
    for (std::size_t i = 0; i < few * few; ++i) {
      const double l = std::max(eigen.values[i % few], 0.), root = std::sqrt(l + b);
      eigen.vectors[i] /= std::sqrt(std::sqrt(b) * root * (std::sqrt(b) + root) * count);
    }
    std::vector<double> half(size * few);
    gemm<double>(true, false, n, m, m, 1, c.centred.data(), n, eigen.vectors.data(), m, 0,
                 half.data(), m);
    matrix_ = {{n, n}, std::vector<double>(size * size)};
    for (std::size_t k = 0; k < size; ++k) matrix_.values[k * size + k] = 1 / std::sqrt(b);
    gemm<double>(false, true, n, n, m, -1, half.data(), m, half.data(), m, 1, matrix_.values.data(),
                 n);
  }

  ZCA how_;
};

}  // namespace

std::shared_ptr<PreprocessorRun> PCA::start() const { return std::make_shared<PCARun>(*this); }
std::shared_ptr<PreprocessorRun> ZCA::start() const { return std::make_shared<ZCARun>(*this); }

}  // namespace ansatz
