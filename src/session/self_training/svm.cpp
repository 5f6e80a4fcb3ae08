#include <ansatz/model/svm/svm.hpp>

#include <ansatz/base/key_faults.hpp>
#include <ansatz/data/table.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/kernels/gemm.hpp>

#include "stored_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

namespace ansatz {

namespace {

using Vector = std::vector<double>;

// Rows of X X', computed when they are asked for first; the oldest are forgotten.
class Products {
 public:
  Products(const Vector& x, std::size_t n, std::size_t d) : x_(x), n_(n), d_(d), rows_(n) {
    for (std::size_t i = 0; i < n; ++i) {
      double sum = 0;
      for (std::size_t k = 0; k < d; ++k) sum += x[i * d + k] * x[i * d + k];
      squares_.push_back(sum);
    }
  }
  double square(std::size_t i) const { return squares_[i]; }
  /// @param kept  a row that stays
  const Vector& row(std::size_t i, std::size_t kept) {
    if (!rows_[i].empty()) return rows_[i];
    if (known_.size() == most) {
      if (known_.front() == kept) {
        known_.pop_front();
        known_.push_back(kept);
      }
      Vector().swap(rows_[known_.front()]);
      known_.pop_front();
    }
    known_.push_back(i);
    rows_[i].resize(n_);
    const auto n = static_cast<std::int64_t>(n_), d = static_cast<std::int64_t>(d_);
    gemm<double>(false, false, n, 1, d, 1, x_.data(), d, &x_[i * d_], 1, 0, rows_[i].data(), 1);
    return rows_[i];
  }

 private:
  static constexpr std::size_t most = 4096;
  const Vector& x_;
  std::size_t n_, d_;
  Vector squares_;
  std::vector<Vector> rows_;
  std::deque<std::size_t> known_;
};

// One class against the rest: alpha of each example, and b.
struct Dual {
  Vector alpha;
  double b = 0;
};

Dual solve(Products& products, const Vector& y, double C, double tol) {
  const std::size_t n = y.size();
  Dual found{Vector(n), 0};
  Vector& alpha = found.alpha;
  Vector error = y;  // y_i - sum_j alpha_j y_j x_i x_j
  const auto may_rise = [&](std::size_t i) { return y[i] > 0 ? alpha[i] < C : alpha[i] > 0; };
  const auto may_fall = [&](std::size_t i) { return y[i] > 0 ? alpha[i] > 0 : alpha[i] < C; };
  for (;;) {
    std::size_t up = n, down = n;
    double least = 1e300;
    for (std::size_t i = 0; i < n; ++i) {
      if (may_rise(i) && (up == n || error[i] > error[up])) up = i;
      if (may_fall(i)) least = std::min(least, error[i]);
    }
    if (up == n || least > 1e299 || error[up] - least < tol) {
      // Halfway between those that must lie above and those that must lie below.
      if (up != n && least < 1e299) found.b = (error[up] + least) / 2;
      double sum = 0;
      int free = 0;
      for (std::size_t i = 0; i < n; ++i)
        if (alpha[i] > 0 && alpha[i] < C) sum += error[i], ++free;
      if (free) found.b = sum / free;
      return found;
    }
    const Vector& of_up = products.row(up, up);
    double gain = 0;
    for (std::size_t j = 0; j < n; ++j) {
      const double slope = error[up] - error[j];
      if (!may_fall(j) || !(slope > 0)) continue;
      const double curve = std::max(products.square(up) + products.square(j) - 2 * of_up[j], 1e-12);
      if (slope * slope / curve > gain) gain = slope * slope / curve, down = j;
    }
    const Vector& of_down = products.row(down, up);
    const double curve =
        std::max(products.square(up) + products.square(down) - 2 * of_up[down], 1e-12);
    const double room = std::min(y[up] > 0 ? C - alpha[up] : alpha[up],
                                 y[down] > 0 ? alpha[down] : C - alpha[down]);
    const double step = std::min((error[up] - error[down]) / curve, room);
    alpha[up] = std::clamp(alpha[up] + y[up] * step, 0., C);
    alpha[down] = std::clamp(alpha[down] - y[down] * step, 0., C);
    for (std::size_t i = 0; i < n; ++i) error[i] -= step * (of_up[i] - of_down[i]);
  }
}

class SVMRun final : public ModelRun {
 public:
  SVMRun(const DenseMulticlassSVM& how, Session& session) : how_(how), session_(session) {}

  void train_all(const Table& data) override {
    const Column &features = data.column("features"), &targets = data.column("targets");
    if (features.labels || features.width() != how_.nvis)
      throw ShapeError(fmt::format("DenseMulticlassSVM: nvis is {}, but examples have {} numbers",
                                   how_.nvis, features.width()));
    if (!targets.labels || targets.width() != 1 || targets.labels > how_.n_classes)
      throw ValueError(
          fmt::format("DenseMulticlassSVM: it takes one label an example, of at most n_classes = "
                      "{} classes",
                      how_.n_classes));
    const auto n = static_cast<std::size_t>(data.examples());
    const auto d = static_cast<std::size_t>(how_.nvis);
    const auto classes = static_cast<std::size_t>(how_.n_classes);
    Vector x(n * d), W(d * classes), b(classes), y(n);
    std::vector<std::int32_t> labels(n);
    const Subset all{0, data.examples(), nullptr};
    Table::gather(features, all, ElementType::float64, x.data());
    Table::gather(targets, all, ElementType::int32, labels.data());
    Products products(x, n, d);
    for (std::size_t c = 0; c < classes; ++c) {
      for (std::size_t i = 0; i < n; ++i) y[i] = labels[i] == static_cast<std::int32_t>(c) ? 1 : -1;
      const Dual dual = solve(products, y, how_.C, how_.tol);
      for (std::size_t i = 0; i < n; ++i)
        if (dual.alpha[i] > 0)
          for (std::size_t k = 0; k < d; ++k)
            W[k * classes + c] += dual.alpha[i] * y[i] * x[i * d + k];
      b[c] = dual.b;
      // None of it, or nothing else: the sign is sure.
      if (std::all_of(y.begin(), y.end(), [&](double each) { return each == y[0]; })) b[c] = y[0];
    }
    store_values(session_, "W", W);
    store_values(session_, "b", b);
    fitted_ = true;
  }
  bool continue_learning() override { return !fitted_; }

 private:
  DenseMulticlassSVM how_;
  Session& session_;
  bool fitted_ = false;
};

}  // namespace

void DenseMulticlassSVM::check() const {
  if (kernel != "linear")
    throw KeyFaults("kernel", fmt::format("kernel is '{}'; allowed: 'linear'", kernel.view()));
}
std::unique_ptr<ModelRun> DenseMulticlassSVM::start(Session& session) const {
  return std::make_unique<SVMRun>(*this, session);
}

}  // namespace ansatz
