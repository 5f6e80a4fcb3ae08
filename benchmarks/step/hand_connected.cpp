// A layer of units that see some inputs each, with weights of their own or shared ones, rectifiers,
// and a softmax. Examples lie side by side, so that one weight meets all of them in registers.
#include "hand.hpp"

namespace bench::hand {

namespace {

class Connected : public Contestant {
 public:
  Connected(const Connections& layer, int batch, float rate, int threads)
      : c_(layer), batch_(batch), rate_(rate), threads_(threads) {
    for (int t = 0; t < threads; ++t) own_.emplace_back(c_);
  }

  float run(const Data& data, long first, long count) override {
    float cost = 0;
    for (long s = first; s < first + count; ++s)
      cost = on_threads(threads_, [&](int thread, int team) {
        const Rows rows = rows_of(batch_, thread, team);
        const float* const x = data.inputs(s) + std::int64_t(rows.begin) * c_.inputs;
        const std::int32_t* const y = data.labels(s) + rows.begin;
        // As many lanes as the examples fill.
        if (rows.count() <= 64) return step<64>(x, y, rows, thread, team);
        return step<112>(x, y, rows, thread, team);
      });
    return cost;
  }
  std::vector<Parameter> parameters() override {
    return {{"W0", w0_, c_.weights},
            {"b0", b0_, c_.units},
            {"W1", w1_, std::int64_t(c_.units) * 10},
            {"b1", b1_, 10}};
  }

 private:
  static constexpr int most = 112;
  struct Own {  // of a thread
    Floats x, h, d, z{most * 10}, dw0, db0, dw1, db1{10};
    explicit Own(const Connections& c)
        : x(std::int64_t(c.inputs) * most),
          h(std::int64_t(c.units) * most),
          d(std::int64_t(c.units) * most),
          dw0(c.weights),
          db0(c.units),
          dw1(std::int64_t(c.units) * 10) {}
  };

  template <int P>
  float step(const float* x, const std::int32_t* y, Rows rows, int thread, int team) {
    Own& own = own_[thread];
    const int n = rows.count();
    float *const xs = own.x, *const h = own.h, *const d = own.d;
    for (int e = 0; e < n; ++e)
      for (int i = 0; i < c_.inputs; ++i)
        xs[std::int64_t(i) * P + e] = x[std::int64_t(e) * c_.inputs + i];
    for (int j = 0; j < c_.units; ++j) forward<P>(xs, j, h + std::int64_t(j) * P);
    gemm(true, false, n, 10, c_.units, 1, h, P, w1_, 10, 0, own.z, 10);
    const float cost = softmax_gradient(own.z, b1_, y, n, batch_, own.db1);
    gemm(false, false, c_.units, 10, n, 1, h, P, own.z, 10, 0, own.dw1, 10);
    std::memset(d, 0, sizeof(float) * std::size_t(c_.units) * P);
    gemm(false, true, c_.units, n, 10, 1, w1_, 10, own.z, 10, 0, d, P);
    std::memset(own.dw0, 0, sizeof(float) * std::size_t(c_.weights));
    for (int j = 0; j < c_.units; ++j)
      own.db0[j] = backward<P>(xs, h + std::int64_t(j) * P, d + std::int64_t(j) * P, j, own.dw0);
    barrier(team);
    descend(w0_, &Own::dw0, c_.weights, thread, team);
    descend(b0_, &Own::db0, c_.units, thread, team);
    descend(w1_, &Own::dw1, c_.units * 10, thread, team);
    descend(b1_, &Own::db1, 10, thread, team);
    barrier(team);
    return cost;
  }
  template <int P>
  void forward(const float* __restrict xs, int j, float* __restrict h) const {
    float sum[P];
    for (int e = 0; e < P; ++e) sum[e] = b0_[j];
    for (int k = j * c_.each; k < (j + 1) * c_.each; ++k) {
      const float w = w0_[c_.weight[k]];
      const float* __restrict from = xs + std::int64_t(c_.input[k]) * P;
      for (int e = 0; e < P; ++e) sum[e] += w * from[e];
    }
    for (int e = 0; e < P; ++e) h[e] = sum[e] > 0 ? sum[e] : 0;
  }
  /// The gradient of the bias; adds to that of the weights.
  template <int P>
  float backward(const float* __restrict xs, const float* __restrict h,
                 const float* __restrict above, int j, float* __restrict dw) const {
    float d[P], bias = 0;
    for (int e = 0; e < P; ++e) d[e] = h[e] > 0 ? above[e] : 0;
    for (int e = 0; e < P; ++e) bias += d[e];
    for (int k = j * c_.each; k < (j + 1) * c_.each; ++k) {
      const float* __restrict from = xs + std::int64_t(c_.input[k]) * P;
      float sum = 0;
      for (int e = 0; e < P; ++e) sum += from[e] * d[e];
      dw[c_.weight[k]] += sum;
    }
    return bias;
  }
  void descend(float* __restrict w, Floats Own::*gradient, int size, int thread, int team) const {
    const Rows mine = rows_of(size, thread, team);
    for (int t = 0; t < team; ++t) {
      const float* __restrict g = own_[t].*gradient;
      for (int i = mine.begin; i < mine.end; ++i) w[i] -= rate_ * g[i];
    }
  }

  Connections c_;
  int batch_;
  float rate_;
  int threads_;
  Floats w0_{c_.weights}, b0_{c_.units}, w1_{std::int64_t(c_.units) * 10}, b1_{10};
  std::vector<Own> own_;
};

}  // namespace

std::unique_ptr<Contestant> connected(const Connections& layer, int batch, float rate,
                                      int threads) {
  return std::make_unique<Connected>(layer, batch, rate, threads);
}

}  // namespace bench::hand
