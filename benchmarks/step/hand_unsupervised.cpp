#include "hand_two_layers.hpp"

namespace bench::hand {

namespace {

class Autoencoder : public TwoLayers {
 public:
  using TwoLayers::TwoLayers;

 private:
  float step(const float* x, int thread, int team) override {
    const Rows rows = rows_of(batch_, thread, team);
    const std::int64_t at_v = std::int64_t(rows.begin) * v_, at_h = std::int64_t(rows.begin) * h_;
    float* __restrict u = uniform_[thread], * __restrict damaged = damaged_ + at_v;
    const float* __restrict clean = x + at_v;
    for (int i = 0; i < rows.count(); ++i) {
      draws_[thread]->fill(0, at_v + std::int64_t(i) * v_, u, v_);
      for (int j = 0; j < v_; ++j) damaged[i * v_ + j] = u[j] < 0.7f ? clean[i * v_ + j] : 0;
    }
    float* __restrict h = code_ + at_h, * __restrict z = restored_ + at_v;
    float* __restrict d = gradient_ + at_h;
    gemm(false, false, rows.count(), h_, v_, 1, damaged, v_, w_, h_, 0, h, h_);
    const float* __restrict b = b_, * __restrict c = c_;
    for (int i = 0; i < rows.count(); ++i)
      for (int j = 0; j < h_; ++j) h[i * h_ + j] = sigmoid(h[i * h_ + j] + b[j]);
    gemm(false, true, rows.count(), v_, h_, 1, h, h_, w_, h_, 0, z, v_);

    float* __restrict sum_b = sum_b_.of(thread), * __restrict sum_c = sum_c_.of(thread), cost = 0;
    std::fill(sum_b, sum_b + h_, 0);
    std::fill(sum_c, sum_c + v_, 0);
    const float each = 1.0f / batch_;
    for (int i = 0; i < rows.count(); ++i)
      for (int j = 0; j < v_; ++j) {
        const float s = z[i * v_ + j] + c[j], t = clean[i * v_ + j], e = std::exp(-std::fabs(s));
        cost += (s > 0 ? s : 0) - s * t + std::log(1 + e);
        const float g = ((s >= 0 ? 1 : e) / (1 + e) - t) * each;
        z[i * v_ + j] = g;
        sum_c[j] += g;
      }
    gemm(false, false, rows.count(), h_, v_, 1, z, v_, w_, h_, 0, d, h_);
    for (int i = 0; i < rows.count(); ++i)
      for (int j = 0; j < h_; ++j) {
        const float y = h[i * h_ + j], g = d[i * h_ + j] * y * (1 - y);
        d[i * h_ + j] = g;
        sum_b[j] += g;
      }
    barrier(team);
    const Rows mine = rows_of(v_, thread, team);
    float* w = w_ + std::int64_t(mine.begin) * h_;
    gemm(true, false, mine.count(), h_, batch_, -rate_, damaged_ + mine.begin, v_, gradient_, h_, 1,
         w, h_);
    gemm(true, false, mine.count(), h_, batch_, -rate_, restored_ + mine.begin, v_, code_, h_, 1, w,
         h_);
    add_to_biases(-rate_, thread, team);
    return cost * each;
  }

  Floats damaged_ = units(v_), code_ = units(h_), restored_ = units(v_), gradient_ = units(h_);
};

class BoltzmannMachine : public TwoLayers {
 public:
  using TwoLayers::TwoLayers;

 private:
  float step(const float* x, int thread, int team) override {
    const Rows rows = rows_of(batch_, thread, team);
    const std::int64_t at_v = std::int64_t(rows.begin) * v_, at_h = std::int64_t(rows.begin) * h_;
    const float* __restrict v0 = x + at_v, * __restrict b = b_, * __restrict c = c_;
    float* __restrict h0 = first_ + at_h, * __restrict s = sample_ + at_h;
    float* __restrict v1 = dreamt_ + at_v, * __restrict h1 = second_ + at_h;
    float* __restrict u = uniform_[thread], cost = 0;
    float* __restrict sum_b = sum_b_.of(thread), * __restrict sum_c = sum_c_.of(thread);
    std::fill(sum_b, sum_b + h_, 0);
    std::fill(sum_c, sum_c + v_, 0);

    gemm(false, false, rows.count(), h_, v_, 1, v0, v_, w_, h_, 0, h0, h_);
    for (int i = 0; i < rows.count(); ++i) {
      draws_[thread]->fill(0, at_h + std::int64_t(i) * h_, u, h_);
      for (int j = 0; j < h_; ++j) {
        const float p = sigmoid(h0[i * h_ + j] + b[j]);
        h0[i * h_ + j] = p;
        s[i * h_ + j] = u[j] < p ? 1 : 0;
      }
    }
    gemm(false, true, rows.count(), v_, h_, 1, s, h_, w_, h_, 0, v1, v_);
    for (int i = 0; i < rows.count(); ++i)
      for (int j = 0; j < v_; ++j) {
        const float p = sigmoid(v1[i * v_ + j] + c[j]), e = v0[i * v_ + j] - p;
        v1[i * v_ + j] = p;
        sum_c[j] += e;
        cost += e * e;
      }
    gemm(false, false, rows.count(), h_, v_, 1, v1, v_, w_, h_, 0, h1, h_);
    for (int i = 0; i < rows.count(); ++i)
      for (int j = 0; j < h_; ++j) {
        const float p = sigmoid(h1[i * h_ + j] + b[j]);
        h1[i * h_ + j] = p;
        sum_b[j] += h0[i * h_ + j] - p;
      }
    barrier(team);
    const Rows mine = rows_of(v_, thread, team);
    const float k = rate_ / batch_;
    float* w = w_ + std::int64_t(mine.begin) * h_;
    gemm(true, false, mine.count(), h_, batch_, k, x + mine.begin, v_, first_, h_, 1, w, h_);
    gemm(true, false, mine.count(), h_, batch_, -k, dreamt_ + mine.begin, v_, second_, h_, 1, w,
         h_);
    add_to_biases(k, thread, team);
    return cost / batch_;
  }

  Floats first_ = units(h_), sample_ = units(h_), dreamt_ = units(v_), second_ = units(h_);
};

}  // namespace

std::unique_ptr<Contestant> autoencoder(int visible, int hidden, int batch, float rate, int threads,
                                        DrawsOfThreads draws) {
  return std::make_unique<Autoencoder>(visible, hidden, batch, rate, threads, std::move(draws));
}
std::unique_ptr<Contestant> boltzmann_machine(int visible, int hidden, int batch, float rate,
                                              int threads, DrawsOfThreads draws) {
  return std::make_unique<BoltzmannMachine>(visible, hidden, batch, rate, threads,
                                            std::move(draws));
}

}  // namespace bench::hand
