#include <ansatz/data/preprocess/whitening.hpp>

#include <ansatz/data/preprocess/row_preprocessor.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/kernels/gemm.hpp>

#include "../../dsl/one_blas_thread.hpp"

#include <fmt/format.h>
#include <xtensor-blas/xlinalg.hpp>
#include <xtensor/xadapt.hpp>

#include <algorithm>
#include <cmath>

namespace ansatz {

namespace {

// What both learn: the mean, and the eigenvalues, ascending, and eigenvectors of the covariance.
struct Covariance {
  std::vector<double> mean, values, vectors;  // [n], [n], [n, n]: column k belongs to value k
};

// y = (x - mean) M, M [width, columns].
class LinearRows : public RowPreprocessor {
 public:
  using RowPreprocessor::RowPreprocessor;
  void learned(LearnedArrays& visit) override {
    visit("mean", mean_);
    visit("matrix", matrix_);
  }

 protected:
  std::int64_t width(std::int64_t features) const override {
    require_width(features, std::ssize(mean_.values));
    return matrix_.shape.at(1);
  }
  void rows(const double* in, double* out, std::int64_t count,
            std::int64_t /*features*/) const override {
    const std::int64_t n = std::ssize(mean_.values), columns = matrix_.shape[1];
    std::vector<double> centred(in, in + count * n);
    for (std::int64_t i = 0; i < count; ++i)
      for (std::int64_t k = 0; k < n; ++k)
        centred[static_cast<std::size_t>(i * n + k)] -= mean_.values[static_cast<std::size_t>(k)];
    gemm<double>(false, false, count, columns, n, 1, centred.data(), n, matrix_.values.data(),
                 columns, 0, out, columns);
  }

  /// @param fewer  the sums are divided by so many fewer than the examples
  Covariance covariance(const std::shared_ptr<const BatchSource>& data, int fewer,
                        double bias) const {
    const std::int64_t n = features(*data);
    const auto size = static_cast<std::size_t>(n);
    Covariance c;
    c.mean.resize(size);
    std::int64_t examples = 0;
    for_each_row(data, [&](const double* x, std::int64_t count) {
      examples += count;
      for (std::int64_t i = 0; i < count; ++i)
        for (double& m : c.mean) m += *x++;
    });
    for (double& m : c.mean) m /= static_cast<double>(examples);
    // A second walk: products of numbers with their mean lose digits.
    std::vector<double> products(size * size), centred;
    for_each_row(data, [&](const double* x, std::int64_t count) {
      centred.assign(x, x + count * n);
      for (std::size_t i = 0; i < centred.size(); ++i) centred[i] -= c.mean[i % size];
      gemm<double>(true, false, n, n, count, 1, centred.data(), n, centred.data(), n, 1,
                   products.data(), n);
    });
    for (double& p : products)
      p /= static_cast<double>(std::max<std::int64_t>(examples - fewer, 1));
    for (std::size_t k = 0; k < size; ++k) products[k * size + k] += bias;
    const std::array<std::size_t, 2> shape = {size, size};
    // Its many small products on several threads wait for each other longer than they work.
    const running::OneBlasThread one(true);
    const auto solved = xt::linalg::eigh(xt::adapt(products, shape));
    for (std::size_t k = 0; k < size; ++k) c.values.push_back(std::get<0>(solved)(k));
    for (std::size_t i = 0; i < size; ++i)
      for (std::size_t k = 0; k < size; ++k) c.vectors.push_back(std::get<1>(solved)(i, k));
    return c;
  }

  LearnedArray mean_, matrix_;
};

class PCARun final : public LinearRows {
 public:
  explicit PCARun(const PCA& how)
      : LinearRows("PCA"), components_(how.num_components), whiten_(how.whiten) {}

  void fit(const std::shared_ptr<const BatchSource>& data) override {
    const std::int64_t n = features(*data);
    if (components_ > n)
      throw ValueError(
          fmt::format("PCA: num_components is {}, but examples have {} numbers", components_, n));
    const Covariance c = covariance(data, 1, 0);
    mean_ = {{n}, c.mean};
    matrix_ = {{n, components_}, {}};
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t k = 0; k < components_; ++k) {
        const auto from = static_cast<std::size_t>(n - 1 - k);  // the largest come first
        const double scale = whiten_ ? 1 / std::sqrt(std::max(c.values[from], tiny)) : 1;
        matrix_.values.push_back(c.vectors[static_cast<std::size_t>(i * n) + from] * scale);
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
    const Covariance c = covariance(data, 0, how_.filter_bias);
    std::int64_t first = 0;  // of the directions that are kept, by ascending variance
    if (how_.n_components) first = std::max<std::int64_t>(0, n - *how_.n_components);
    if (how_.n_drop_components) first += *how_.n_drop_components;
    if (first >= n) throw ValueError(fmt::format("ZCA: of {} directions none is kept", n));
    for (std::int64_t k = first; k < n; ++k)
      if (!(c.values[static_cast<std::size_t>(k)] > 0))
        throw ValueError(
            fmt::format("ZCA: the features have no variance in a direction, so that it cannot be "
                        "made 1; give a filter_bias above 0 (it is {}), or drop components",
                        how_.filter_bias));
    mean_ = {{n}, c.mean};
    // V diag(1 / sqrt(l)) V' = A A', A = V diag(l^(-1/4)).
    const std::int64_t kept = n - first;
    std::vector<double> half(static_cast<std::size_t>(n * kept));
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t k = 0; k < kept; ++k)
        half[static_cast<std::size_t>(i * kept + k)] =
            c.vectors[static_cast<std::size_t>(i * n + first + k)] /
            std::pow(c.values[static_cast<std::size_t>(first + k)], .25);
    matrix_ = {{n, n}, std::vector<double>(static_cast<std::size_t>(n * n))};
    gemm<double>(false, true, n, n, kept, 1, half.data(), kept, half.data(), kept, 0,
                 matrix_.values.data(), n);
  }

 private:
  ZCA how_;
};

}  // namespace

std::shared_ptr<PreprocessorRun> PCA::start() const { return std::make_shared<PCARun>(*this); }
std::shared_ptr<PreprocessorRun> ZCA::start() const { return std::make_shared<ZCARun>(*this); }

}  // namespace ansatz
