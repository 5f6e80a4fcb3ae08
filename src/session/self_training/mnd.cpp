#include <ansatz/model/density/mnd.hpp>

#include <ansatz/base/key_faults.hpp>
#include <ansatz/data/table.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/kernels/gemm.hpp>

#include "stored_values.hpp"

#include <fmt/format.h>

#include <cmath>

namespace ansatz {

namespace {

using Vector = std::vector<double>;

// Fits at once.
class FittedOnce : public ModelRun {
 public:
  FittedOnce(const char* name, int nvis, Session& session)
      : session_(session), name_(name), nvis_(nvis) {}
  void train_all(const Table& data) final {
    const Column& x = data.column("features");
    if (x.labels || x.width() != nvis_)
      throw ShapeError(fmt::format("{}: nvis is {}, but examples are {}", name_, nvis_,
                                   x.labels ? "labels" : fmt::format("of {} numbers", x.width())));
    if (x.examples < 2)
      throw ValueError(fmt::format("{}: at least two examples are needed", name_));
    Vector centred(static_cast<std::size_t>(x.examples * nvis_));
    Table::gather(x, {0, x.examples, nullptr}, ElementType::float64, centred.data());
    const auto n = static_cast<std::size_t>(nvis_);
    Vector mean(n);
    for (std::size_t i = 0; i < centred.size(); ++i) mean[i % n] += centred[i];
    for (double& m : mean) m /= static_cast<double>(x.examples);
    for (std::size_t i = 0; i < centred.size(); ++i) centred[i] -= mean[i % n];
    store_values(session_, "mu", mean);
    fit(centred, x.examples);
    fitted_ = true;
  }
  bool continue_learning() final { return !fitted_; }

 protected:
  virtual void fit(const Vector& centred, std::int64_t examples) = 0;
  Session& session_;

 private:
  const char* name_;
  std::int64_t nvis_;
  bool fitted_ = false;
};

class DiagonalRun final : public FittedOnce {
 public:
  DiagonalRun(const DiagonalMND& how, Session& session)
      : FittedOnce("DiagonalMND", how.nvis, session), how_(how) {}

 private:
  void fit(const Vector& centred, std::int64_t examples) override {
    const auto n = static_cast<std::size_t>(how_.nvis);
    Vector squares(n), beta(n);
    for (std::size_t i = 0; i < centred.size(); ++i) squares[i % n] += centred[i] * centred[i];
    for (std::size_t k = 0; k < n; ++k)
      beta[k] =
          std::clamp(static_cast<double>(examples) / squares[k], how_.min_beta, how_.max_beta);
    store_values(session_, "beta", beta);
  }
  DiagonalMND how_;
};

class FullRun final : public FittedOnce {
 public:
  FullRun(const MND& how, Session& session) : FittedOnce("MND", how.nvis, session), n_(how.nvis) {}

 private:
  void fit(const Vector& centred, std::int64_t examples) override {
    const auto n = static_cast<std::size_t>(n_);
    Vector sigma(n * n), L(n * n), whitener(n * n);
    gemm<double>(true, false, n_, n_, examples, 1 / static_cast<double>(examples - 1),
                 centred.data(), n_, centred.data(), n_, 0, sigma.data(), n_);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j <= i; ++j) {
        double sum = sigma[i * n + j];
        for (std::size_t k = 0; k < j; ++k) sum -= L[i * n + k] * L[j * n + k];
        if (i != j)
          L[i * n + j] = sum / L[j * n + j];
        else if (sum > 1e-13 * sigma[i * n + i])
          L[i * n + i] = std::sqrt(sum);
        else
          throw ValueError(
              fmt::format("MND: feature {} has no variance beside that of the features before it, "
                          "so that there is no density",
                          i));
      }
    // The inverse of L', column by column.
    for (std::size_t c = 0; c < n; ++c)
      for (std::size_t i = c + 1; i-- > 0;) {
        double sum = i == c ? 1 : 0;
        for (std::size_t k = i + 1; k <= c; ++k) sum -= L[k * n + i] * whitener[k * n + c];
        whitener[i * n + c] = sum / L[i * n + i];
      }
    store_values(session_, "sigma", sigma);
    store_values(session_, "whitener", whitener);
  }
  std::int64_t n_;
};

}  // namespace

void DiagonalMND::check() const {
  if (min_beta > max_beta)
    throw KeyFaults("min_beta",
                    fmt::format("min_beta is {}, but max_beta is {}", min_beta, max_beta));
}
std::unique_ptr<ModelRun> DiagonalMND::start(Session& session) const {
  return std::make_unique<DiagonalRun>(*this, session);
}

void MND::initialize(InitialValues& values) const {
  const auto n = static_cast<std::size_t>(nvis);
  Vector unit(n * n);
  for (std::size_t i = 0; i < n; ++i) unit[i * n + i] = 1;
  values.fill("mu", 0);
  values.set("sigma", unit.data(), std::ssize(unit));
  values.set("whitener", unit.data(), std::ssize(unit));
}
std::unique_ptr<ModelRun> MND::start(Session& session) const {
  return std::make_unique<FullRun>(*this, session);
}

// The trace of the first covariance in the second precision is sum beta_p / beta_q.
double kl_divergence(std::span<const double> mu_q, std::span<const double> beta_q,
                     std::span<const double> mu_p, std::span<const double> beta_p) {
  const std::size_t n = mu_q.size();
  if (beta_q.size() != n || mu_p.size() != n || beta_p.size() != n)
    throw ShapeError(fmt::format("kl_divergence: {}, {}, {} and {} numbers; as many are needed", n,
                                 beta_q.size(), mu_p.size(), beta_p.size()));
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double d = mu_p[i] - mu_q[i];
    sum += beta_p[i] / beta_q[i] + beta_p[i] * d * d + std::log(beta_q[i] / beta_p[i]) - 1;
  }
  return sum / 2;
}

}  // namespace ansatz
