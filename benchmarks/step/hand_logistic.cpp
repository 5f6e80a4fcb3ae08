#include "hand.hpp"

namespace bench::hand {

namespace {

class Logistic : public Contestant {
 public:
  Logistic(int features, float rate) : n_(features), rate_(rate), w_(features), b_(1) {}

  float run(const Data& data, long first, long count) override {
    float cost = 0;
    for (long s = first; s < first + count; ++s) {
      const float* __restrict x = data.inputs(s), t = *data.targets(s);
      float* __restrict w = w_;
      float z = *b_;
      for (int j = 0; j < n_; ++j) z += w[j] * x[j];
      const float e = std::exp(-std::fabs(z));
      cost = (z > 0 ? z : 0) - z * t + std::log(1 + e);
      const float step = rate_ * ((z >= 0 ? 1 : e) / (1 + e) - t);
      for (int j = 0; j < n_; ++j) w[j] -= step * x[j];
      *b_ -= step;
    }
    return cost;
  }
  std::vector<Parameter> parameters() override { return {{"W0", w_, n_}, {"b0", b_, 1}}; }

 private:
  int n_;
  float rate_;
  Floats w_, b_;
};

}  // namespace

std::unique_ptr<Contestant> logistic_regression(int features, float rate) {
  return std::make_unique<Logistic>(features, rate);
}

}  // namespace bench::hand
