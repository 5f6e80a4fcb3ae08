// What steps written by hand share that have visible and hidden units.
#pragma once

#include "hand.hpp"

namespace bench::hand {

/// Two layers of units, weights [visible, hidden], on threads by rows of the batch.
class TwoLayers : public Contestant {
 public:
  TwoLayers(int visible, int hidden, int batch, float rate, int threads, DrawsOfThreads draws)
      : v_(visible),
        h_(hidden),
        batch_(batch),
        rate_(rate),
        threads_(threads),
        draws_(std::move(draws)),
        w_(std::int64_t(v_) * h_),
        b_(h_),
        c_(v_),
        sum_b_(h_, threads),
        sum_c_(v_, threads) {
    for (int t = 0; t < threads; ++t) uniform_.emplace_back(std::max(v_, h_));
  }

  float run(const Data& data, long first, long count) override {
    float cost = 0;
    for (long s = first; s < first + count; ++s)
      cost = on_threads(threads_, [&](int thread, int team) {
        if (!draws_.empty()) draws_[thread]->start(s);
        return step(data.inputs(s), thread, team);
      });
    return cost;
  }
  std::vector<Parameter> parameters() override {
    return {{"W0", w_, std::int64_t(v_) * h_}, {"b0", b_, h_}, {"b1", c_, v_}};
  }

 protected:
  virtual float step(const float* x, int thread, int team) = 0;

  Floats units(int n) const { return Floats(std::int64_t(batch_) * n); }
  void add_to_biases(float factor, int thread, int team) {
    if (thread != 0) return;
    for (int j = 0; j < h_; ++j) b_[j] += factor * sum_b_.total(j, team);
    for (int j = 0; j < v_; ++j) c_[j] += factor * sum_c_.total(j, team);
  }

  int v_, h_, batch_;
  float rate_;
  int threads_;
  DrawsOfThreads draws_;
  Floats w_, b_, c_;  // weights [visible, hidden], biases of hidden and of visible units
  Partial sum_b_, sum_c_;
  std::vector<Floats> uniform_;
};

}  // namespace bench::hand
