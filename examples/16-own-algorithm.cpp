// A model without gradients needs Model and Dataset only: k-means (Lloyd 1982) on drawn digits.
#include <ansatz/data/sets/drawn_sets.hpp>
#include <ansatz/model/self_training.hpp>

#include <cstdio>
#include <vector>

using namespace ansatz;

class KMeans : public SelfTrainingModel {
 public:
  explicit KMeans(int k) : k_(k) {}
  using SelfTrainingModel::train_all;

  void train_all(const Table& data) override {
    const Column& column = data.column("features");
    const auto* x = static_cast<const float*>(column.data);
    const auto n = static_cast<std::size_t>(column.width());
    if (means_.empty()) means_.assign(x, x + std::size_t(k_) * n);  // the first k examples
    std::vector<float> sums(means_.size());
    std::vector<int> counts(std::size_t(k_), 0);
    double distances = 0;
    for (std::int64_t i = 0; i < data.examples(); ++i, x += n) {
      double best = 1e300;
      std::size_t nearest = 0;
      for (std::size_t c = 0; c < std::size_t(k_); ++c) {
        double d = 0;
        for (std::size_t j = 0; j < n; ++j) {
          const double difference = x[j] - means_[c * n + j];
          d += difference * difference;
        }
        if (d < best) best = d, nearest = c;
      }
      for (std::size_t j = 0; j < n; ++j) sums[nearest * n + j] += x[j];
      ++counts[nearest], distances += best;
    }
    for (std::size_t i = 0; i < means_.size(); ++i)
      if (counts[i / n]) means_[i] = sums[i] / static_cast<float>(counts[i / n]);
    before_ = distance_;
    distance_ = distances / static_cast<double>(data.examples());
    std::printf("mean squared distance %.2f\n", distance_);
  }
  bool continue_learning() const override { return before_ - distance_ > .01 * distance_; }

 private:
  int k_;
  double before_ = 2e300, distance_ = 1e300;
  std::vector<float> means_;
};

int main() {
  KMeans model(10);
  const DrawnDigits data(0, 2'000);
  while (model.continue_learning()) model.train_all(data);
}
