#include <ansatz/model/cluster/kmeans.hpp>

#include <ansatz/base/key_faults.hpp>
#include <ansatz/base/random_state.hpp>
#include <ansatz/data/table.hpp>
#include <ansatz/session/archive.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/kernels/gemm.hpp>

#include "stored_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace ansatz {

namespace {

double squared_distance(const double* a, const double* b, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

// The algorithm on means in double.
class Lloyd {
 public:
  Lloyd(std::size_t k, std::size_t n) : k_(k), n_(n), means_(k * n) {}

  std::vector<double>& means() { return means_; }
  /// Cluster and number of examples, of those that had none in the pass before.
  std::map<std::size_t, int>& empty() { return empty_; }
  /// Random examples.
  void begin(const Column& x, const Seed& seed);
  /// Finds the nearest mean of each example; returns the mean squared distance.
  double assign(const Column& x);
  /// Makes the means anew.
  void update(const Column& x);

 private:
  static constexpr std::size_t at_once = 512;
  double* mean(std::size_t c) { return &means_[c * n_]; }

  std::size_t k_, n_;
  std::vector<double> means_;
  std::vector<std::size_t> nearest_;
  std::vector<double> distance_;
  std::map<std::size_t, int> empty_;
};

void Lloyd::begin(const Column& x, const Seed& seed) {
  RandomState random = random_state(seed, {42});
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < k_; ++i) rows.push_back(random.randint(0, x.examples));
  Table::gather(x, {0, std::ssize(rows), rows.data()}, ElementType::float64, means_.data());
}

double Lloyd::assign(const Column& x) {
  const auto examples = static_cast<std::size_t>(x.examples);
  nearest_.resize(examples);
  distance_.resize(examples);
  std::vector<double> lengths(k_), rows(at_once * n_), products(at_once * k_);
  for (std::size_t c = 0; c < k_; ++c)
    for (std::size_t i = 0; i < n_; ++i) lengths[c] += mean(c)[i] * mean(c)[i];
  const double longest = *std::max_element(lengths.begin(), lengths.end());
  double total = 0;
  for (std::size_t from = 0; from < examples; from += at_once) {
    const std::size_t count = std::min(at_once, examples - from);
    Table::gather(x, {static_cast<std::int64_t>(from), static_cast<std::int64_t>(count), nullptr},
                  ElementType::float64, rows.data());
    const auto k = static_cast<std::int64_t>(k_), n = static_cast<std::int64_t>(n_);
    gemm<double>(false, true, static_cast<std::int64_t>(count), k, n, -2, rows.data(), n,
                 means_.data(), n, 0, products.data(), k);
    for (std::size_t i = 0; i < count; ++i) {
      const double* const row = &products[i * k_];
      const double* const x_i = &rows[i * n_];
      double least = row[0] + lengths[0], size = longest;
      for (std::size_t c = 1; c < k_; ++c) least = std::min(least, row[c] + lengths[c]);
      for (std::size_t j = 0; j < n_; ++j) size += x_i[j] * x_i[j];
      // Of those that rounding may have brought into a wrong order, by the differences themselves.
      double best = std::numeric_limits<double>::infinity();
      for (std::size_t c = 0; c < k_; ++c) {
        if (row[c] + lengths[c] > least + 1e-12 * size) continue;
        const double d = squared_distance(x_i, mean(c), n_);
        if (d < best) best = d, nearest_[from + i] = c;
      }
      total += distance_[from + i] = best;
    }
  }
  return total / static_cast<double>(examples);
}

void Lloyd::update(const Column& x) {
  const auto examples = static_cast<std::size_t>(x.examples);
  std::vector<double> sums(k_ * n_), row(n_);
  std::vector<std::size_t> counts(k_);
  const auto example = [&](std::size_t i) {
    Table::gather(x, {static_cast<std::int64_t>(i), 1, nullptr}, ElementType::float64, row.data());
    return row.data();
  };
  const auto sum_up = [&] {
    std::fill(sums.begin(), sums.end(), 0);
    std::fill(counts.begin(), counts.end(), 0);
    for (std::size_t i = 0; i < examples; ++i) {
      const double* const values = example(i);
      for (std::size_t j = 0; j < n_; ++j) sums[nearest_[i] * n_ + j] += values[j];
      ++counts[nearest_[i]];
    }
  };
  sum_up();
  std::map<std::size_t, int> empty;
  std::vector<double> left = distance_;  // of examples that no empty cluster has taken
  for (std::size_t c = 0; c < k_; ++c) {
    if (counts[c] > 0) {
      for (std::size_t j = 0; j < n_; ++j)
        mean(c)[j] = sums[c * n_ + j] / static_cast<double>(counts[c]);
      continue;
    }
    const auto before = empty_.find(c);
    int taken = before == empty_.end() ? 5 : before->second - 1;
    if (taken == 0) taken = 50;
    empty[c] = taken;
    taken = static_cast<int>(std::min<std::size_t>(static_cast<std::size_t>(taken), examples));
    std::fill_n(mean(c), n_, 0);
    for (int t = 0; t < taken; ++t) {
      const auto farthest =
          static_cast<std::size_t>(std::max_element(left.begin(), left.end()) - left.begin());
      left[farthest] = 0;
      const double* const values = example(farthest);
      for (std::size_t j = 0; j < n_; ++j) mean(c)[j] += values[j] / taken;
    }
    // Examples may be nearer to it than to what they were nearest to; means that come later are
    // made of what is left to them.
    for (std::size_t i = 0; i < examples; ++i) {
      const double* const values = example(i);
      const double d = squared_distance(values, mean(c), n_);
      if (d > distance_[i] || (d == distance_[i] && nearest_[i] < c)) continue;
      nearest_[i] = c;
      distance_[i] = d;
      left[i] = std::min(left[i], d);
    }
    sum_up();
  }
  empty_ = std::move(empty);
}

class KMeansRun final : public ModelRun {
 public:
  KMeansRun(const KMeans& how, Session& session)
      : how_(how),
        session_(session),
        lloyd_(static_cast<std::size_t>(how.k), static_cast<std::size_t>(how.nvis)) {}

  void train_all(const Table& data) override {
    const Column& x = data.column("features");
    if (x.labels || x.width() != how_.nvis)
      throw ShapeError(fmt::format("KMeans: nvis is {}, but examples are {}", how_.nvis,
                                   x.labels ? "labels" : fmt::format("of {} numbers", x.width())));
    if (x.examples == 0) throw ValueError("KMeans: there are no examples");
    if (passes_ == 0)
      lloyd_.begin(x, how_.seed);
    else
      lloyd_.means() = stored_values(session_, "mu");
    const double before = distance_;
    distance_ = lloyd_.assign(x);
    if (how_.verbose) session_.note(fmt::format("k-means pass {}: {:.6g}", passes_, distance_));
    done_ = passes_ > 0 && (std::abs(distance_ - before) < how_.convergence_th ||
                            (how_.max_iter && passes_ >= *how_.max_iter));
    if (!done_) lloyd_.update(x);
    store_values(session_, "mu", lloyd_.means());
    ++passes_;
  }
  bool continue_learning() override { return !done_; }
  void state(Archive& archive) override {
    archive("distance", distance_);
    archive("passes", passes_);
    archive("done", done_);
    std::vector<double> empty;
    for (const auto& [cluster, taken] : lloyd_.empty())
      empty.insert(empty.end(), {static_cast<double>(cluster), static_cast<double>(taken)});
    archive("empty", empty);
    lloyd_.empty().clear();
    for (std::size_t i = 0; i + 1 < empty.size(); i += 2)
      lloyd_.empty()[static_cast<std::size_t>(empty[i])] = static_cast<int>(empty[i + 1]);
  }

 private:
  KMeans how_;
  Session& session_;
  Lloyd lloyd_;
  double distance_ = 0;
  std::int64_t passes_ = 0;
  bool done_ = false;
};

}  // namespace

std::unique_ptr<ModelRun> KMeans::start(Session& session) const {
  return std::make_unique<KMeansRun>(*this, session);
}

void KMeans::check() const {
  if (code != "distances" && code != "triangle")
    throw KeyFaults("code",
                    fmt::format("code is '{}'; allowed: 'distances', 'triangle'", code.view()));
}

}  // namespace ansatz
