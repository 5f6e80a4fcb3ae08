// A model without gradients is a description, too; its run learns: k-means (Lloyd 1982) on drawn
// digits.
#include <ansatz/data/sets/drawn_sets.hpp>
#include <ansatz/model/self_training.hpp>
#include <ansatz/session/session.hpp>

#include <algorithm>
#include <cstdio>
#include <vector>

using namespace ansatz;

class Lloyd : public ModelRun {
 public:
  Lloyd(float* means, int k) : means_(means), k_(std::size_t(k)) {}

  void train_all(const Table& data) override {
    const Column& column = data.column("features");
    const auto* x = static_cast<const float*>(column.data);
    const auto n = static_cast<std::size_t>(column.width()), size = k_ * n;
    if (before_ > 1e300) std::copy(x, x + size, means_);  // the first k examples
    std::vector<float> sums(size);
    std::vector<int> counts(k_, 0);
    double distances = 0;
    for (std::int64_t i = 0; i < data.examples(); ++i, x += n) {
      double best = 1e300;
      std::size_t nearest = 0;
      for (std::size_t c = 0; c < k_; ++c) {
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
    for (std::size_t i = 0; i < size; ++i)
      if (counts[i / n]) means_[i] = sums[i] / static_cast<float>(counts[i / n]);
    before_ = distance_;
    distance_ = distances / static_cast<double>(data.examples());
    std::printf("mean squared distance %.2f\n", distance_);
  }
  bool continue_learning() override { return before_ - distance_ > .01 * distance_; }

 private:
  float* means_;
  std::size_t k_;
  double before_ = 2e300, distance_ = 1e300;
};

class KMeans : public SelfTrainingModel {
 public:
  explicit KMeans(int k) : k_(k) {}
  SpaceInfo input_space() const override { return vector_space(784); }
  using Model::parameters;
  void parameters(ir::List<ModelParameter>& list) const override {  // saved, found by name
    list.push_back({"mu", parameter_leaf("mu", ir::make_shape(k_, 784))});
  }
  std::unique_ptr<ModelRun> start(Session& session) const override {
    return std::make_unique<Lloyd>(session.store().data<float>("mu"), k_);
  }

 private:
  int k_;
};

int main() {
  const Train job(DrawnDigits(0, 2'000), KMeans(10));
  Session(job, {}, {}).run();
}
