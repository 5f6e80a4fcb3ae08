#include <ansatz/data/preprocess/pca_blocks.hpp>

#include <ansatz/base/options.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/kernels/gemm.hpp>

#include "../../dsl/one_blas_thread.hpp"
#include "linear_rows.hpp"

#include <fmt/format.h>
#include <xtensor-blas/xlinalg.hpp>
#include <xtensor/xadapt.hpp>

#include <algorithm>
#include <cmath>
#include <functional>

namespace ansatz {

namespace {

using preprocess::Covariance;
using preprocess::LinearRows;
using Source = std::shared_ptr<const BatchSource>;

// Variances, the largest first, and their directions as rows [components, n].
struct Components {
  std::vector<double> mean, variances, directions;
};

class PCABlockRun : public LinearRows {
 public:
  PCABlockRun(const char* name, const PCABlock& how)
      : LinearRows(name),
        name_(name),
        most_(how.num_components),
        min_variance_(how.min_variance),
        whiten_(how.whiten) {}

  void fit(const Source& data) override {
    const std::int64_t n = features(*data);
    const Components found = components(data, n);
    mean_ = {{n}, found.mean};
    double sum = 0;
    for (const double v : found.variances) sum += v;
    std::int64_t kept = 0;  // up to the last that is large enough
    for (std::int64_t k = 0; k < std::ssize(found.variances); ++k)
      if (found.variances[static_cast<std::size_t>(k)] / sum > min_variance_) kept = k + 1;
    if (kept == 0)
      throw ValueError(
          fmt::format("{}: no direction has more than min_variance = {} of the variance, which is "
                      "{}",
                      name_, min_variance_, sum));
    // Without a variance of its own to be kept for, one is there if it was asked for.
    if (min_variance_ == 0) kept = std::ssize(found.variances);
    kept = std::min(kept, wanted(n));
    matrix_ = {{n, kept}, std::vector<double>(static_cast<std::size_t>(n * kept))};
    variance_ = {{kept}, {found.variances.begin(), found.variances.begin() + kept}};
    const double least = 1e-12 * found.variances.front();
    for (std::int64_t k = 0; k < kept; ++k) {
      const double v = found.variances[static_cast<std::size_t>(k)];
      if (whiten_ && !(v > least))
        throw ValueError(
            fmt::format("{}: the variance in direction {} is {:.2g}, which cannot be made 1; give "
                        "a min_variance above 0, or fewer num_components",
                        name_, k + 1, v));
      for (std::int64_t i = 0; i < n; ++i)
        matrix_.values[static_cast<std::size_t>(i * kept + k)] =
            found.directions[static_cast<std::size_t>(k * n + i)] / (whiten_ ? std::sqrt(v) : 1);
    }
  }
  void learned(LearnedArrays& visit) override {
    LinearRows::learned(visit);
    visit("variance", variance_);
  }

 protected:
  virtual Components components(const Source& data, std::int64_t n) const = 0;
  std::int64_t wanted(std::int64_t n) const {
    return most_ ? std::min<std::int64_t>(*most_, n) : n;
  }
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  std::optional<int> most_;
  double min_variance_;
  bool whiten_;
  LearnedArray variance_;
};

// Of the last columns first.
Components descending(SymmetricEigen eigen, std::vector<double> mean, std::size_t n) {
  Components c{std::move(mean), {}, std::vector<double>(n * n)};
  for (std::size_t k = 0; k < n; ++k) {
    c.variances.push_back(std::max(eigen.values[n - 1 - k], 0.));
    for (std::size_t i = 0; i < n; ++i) c.directions[k * n + i] = eigen.vectors[i * n + n - 1 - k];
  }
  return c;
}

class CovEigRun final : public PCABlockRun {
 public:
  CovEigRun(const char* name, const PCABlock& how, int fewer)
      : PCABlockRun(name, how), fewer_(fewer) {}

 protected:
  Components components(const Source& data, std::int64_t n) const override {
    Covariance c = covariance(data);
    for (double& p : c.products)
      p /= static_cast<double>(std::max<std::int64_t>(c.examples - fewer_, 1));
    const auto size = static_cast<std::size_t>(n);
    return descending(symmetric_eigen(c.products, size), std::move(c.mean), size);
  }

 private:
  int fewer_;  // the sums are divided by so many fewer than the examples
};

class SVDRun final : public PCABlockRun {
 public:
  using PCABlockRun::PCABlockRun;

 protected:
  Components components(const Source& data, std::int64_t n) const override {
    const auto size = static_cast<std::size_t>(n);
    std::vector<double> x;
    const std::int64_t m = for_each_row(data, [&](const double* rows, std::int64_t count) {
      x.insert(x.end(), rows, rows + count * n);
    });
    Components c{std::vector<double>(size), {}, {}};
    for (std::size_t i = 0; i < x.size(); ++i) c.mean[i % size] += x[i];
    for (double& each : c.mean) each /= static_cast<double>(m);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] -= c.mean[i % size];
    const std::array<std::size_t, 2> shape = {static_cast<std::size_t>(m), size};
    const running::OneBlasThread one(true);
    const auto solved = xt::linalg::svd(xt::adapt(x, shape), false);
    const auto& values = std::get<1>(solved);
    const auto& right = std::get<2>(solved);  // directions are its rows
    for (std::size_t k = 0; k < values.size(); ++k) {
      c.variances.push_back(values(k) * values(k) /
                            static_cast<double>(std::max<std::int64_t>(m - 1, 1)));
      for (std::size_t i = 0; i < size; ++i) c.directions.push_back(right(k, i));
    }
    return c;
  }
};

// Keeps the largest eigenvectors, unnormalised, as the first rows of `rows_`; behind them come the
// examples since. The Gram matrix of all these rows has the same eigenvalues as the second moment
// that they stand for.
class OnlineEstimate {
 public:
  OnlineEstimate(std::size_t n, std::size_t kept, std::size_t batch)
      : n_(n), kept_(kept), batch_(batch), rows_((kept + batch) * n), values_(kept, regularizer) {}

  void observe(const double* x) {
    ++seen_;
    // The whole is made older at the end of a batch; until then later ones count for more.
    const double younger = std::pow(gamma, -.5 * static_cast<double>(in_batch_ + 1));
    double* const row = &rows_[(kept_ + in_batch_) * n_];
    for (std::size_t i = 0; i < n_; ++i) row[i] = x[i] * younger;
    if (++in_batch_ == batch_) estimate();
  }
  std::int64_t estimated() const { return seen_ - static_cast<std::int64_t>(in_batch_); }
  Components leading() const {
    const double all = (1 - std::pow(gamma, static_cast<double>(estimated()))) / (1 - gamma);
    Components c;
    for (std::size_t k = kept_; k-- > 0;) {
      const double* const u = &rows_[k * n_];
      double squares = 0;
      for (std::size_t i = 0; i < n_; ++i) squares += u[i] * u[i];
      c.variances.push_back(values_[k] / all);
      for (std::size_t i = 0; i < n_; ++i)
        c.directions.push_back(squares > 0 ? u[i] / std::sqrt(squares) : 0);
    }
    return c;
  }

 private:
  static constexpr double gamma = .999, regularizer = 1e-6;

  void estimate() {
    const std::size_t all = kept_ + batch_;
    const auto m = static_cast<std::int64_t>(all), n = static_cast<std::int64_t>(n_);
    std::vector<double> gram(all * all);
    gemm<double>(false, true, m, m, n, 1, rows_.data(), n, rows_.data(), n, 0, gram.data(), m);
    // What was kept is orthogonal, and its lengths are the eigenvalues.
    for (std::size_t i = 0; i < kept_; ++i)
      for (std::size_t j = 0; j < kept_; ++j) gram[i * all + j] = i == j ? values_[i] : 0;
    for (std::size_t i = 0; i < all; ++i) gram[i * all + i] += regularizer;
    const SymmetricEigen eigen = symmetric_eigen(gram, all);
    const double older = std::pow(gamma, static_cast<double>(batch_ + 1));
    std::vector<double> u(kept_ * n_);
    const auto kept = static_cast<std::int64_t>(kept_);
    gemm<double>(true, false, kept, n, m, std::sqrt(older), eigen.vectors.data() + batch_, m,
                 rows_.data(), n, 0, u.data(), n);
    std::copy(u.begin(), u.end(), rows_.begin());
    for (std::size_t k = 0; k < kept_; ++k) values_[k] = eigen.values[batch_ + k] * older;
    in_batch_ = 0;
  }

  std::size_t n_, kept_, batch_, in_batch_ = 0;
  std::int64_t seen_ = 0;
  std::vector<double> rows_;
  std::vector<double> values_;  // ascending
};

class OnlineRun final : public PCABlockRun {
 public:
  explicit OnlineRun(const OnlinePCA& how)
      : PCABlockRun("OnlinePCA", how), batch_(how.minibatch_size) {}

 protected:
  Components components(const Source& data, std::int64_t n) const override {
    const auto size = static_cast<std::size_t>(n);
    std::vector<double> mean(size);
    const std::int64_t m = for_each_row(data, [&](const double* x, std::int64_t count) {
      for (std::int64_t i = 0; i < count; ++i)
        for (double& each : mean) each += *x++;
    });
    if (m < batch_)
      throw ValueError(
          fmt::format("OnlinePCA: {} examples do not fill a batch; give a minibatch_size of at "
                      "most {} (it is {})",
                      m, m, batch_));
    for (double& each : mean) each /= static_cast<double>(m);
    OnlineEstimate estimate(size, static_cast<std::size_t>(wanted(n)),
                            static_cast<std::size_t>(batch_));
    std::vector<double> centred(size);
    for_each_row(data, [&](const double* x, std::int64_t count) {
      for (std::int64_t i = 0; i < count; ++i, x += n) {
        for (std::size_t k = 0; k < size; ++k) centred[k] = x[k] - mean[k];
        estimate.observe(centred.data());
      }
    });
    Components c = estimate.leading();
    c.mean = std::move(mean);
    return c;
  }

 private:
  std::int64_t batch_;
};

}  // namespace

std::shared_ptr<PreprocessorRun> CovEigPCA::start_block() const {
  return std::make_shared<CovEigRun>("CovEigPCA", *this, 1);
}
std::shared_ptr<PreprocessorRun> SVDPCA::start_block() const {
  return std::make_shared<SVDRun>("SVDPCA", *this);
}
std::shared_ptr<PreprocessorRun> SparseMatPCA::start_block() const {
  return std::make_shared<CovEigRun>("SparseMatPCA", *this, 0);
}
std::shared_ptr<PreprocessorRun> OnlinePCA::start_block() const {
  return std::make_shared<OnlineRun>(*this);
}

}  // namespace ansatz
