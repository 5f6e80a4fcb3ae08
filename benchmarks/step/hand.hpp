// What the hand-written steps share. They are what a careful expert writes: memory allocated once,
// one BLAS call a product (momentum folded in as beta, a plain update as alpha and beta), loops
// fused and left to the vectoriser of -O3 -ffast-math. On several threads each takes its rows of
// the batch through the whole net, then its rows of every weight gradient: two barriers a step.
#pragma once

#include <cblas.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "contestant.hpp"

namespace bench::hand {

/// Memory of a step, aligned to cache lines and zero at first.
class Floats {
 public:
  Floats() = default;
  explicit Floats(std::int64_t n)
      : data_(static_cast<float*>(std::aligned_alloc(64, (n * 4 + 127) / 64 * 64))) {
    std::memset(data_, 0, (n * 4 + 127) / 64 * 64);
  }
  Floats(Floats&& other) noexcept : data_(std::exchange(other.data_, nullptr)) {}
  Floats& operator=(Floats&& other) noexcept {
    std::swap(data_, other.data_);
    return *this;
  }
  ~Floats() { std::free(data_); }
  operator float*() const { return data_; }

 private:
  float* data_ = nullptr;
};

/// C[m, n] = alpha op(A) op(B) + beta C; lda, ldb: length of a row in memory.
inline void gemm(bool ta, bool tb, int m, int n, int k, float alpha, const float* a, int lda,
                 const float* b, int ldb, float beta, float* c, int ldc) {
  cblas_sgemm(CblasRowMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans, m, n,
              k, alpha, a, lda, b, ldb, beta, c, ldc);
}

struct Rows {
  int begin, end;
  int count() const { return end - begin; }
};
inline Rows rows_of(int n, int thread, int team) {
  return {n * thread / team, n * (thread + 1) / team};
}

/// Runs body(thread, team), which returns a share of the cost.
template <class Body>
float on_threads(int threads, Body body) {
  if (threads == 1) return body(0, 1);
  float cost = 0;
#pragma omp parallel num_threads(threads) reduction(+ : cost)
  cost += body(omp_get_thread_num(), omp_get_num_threads());
  return cost;
}
inline void barrier(int team) {
  if (team > 1) {
#pragma omp barrier
  }
}

/// z[rows, 10] with bias b becomes the gradient of the mean cross entropy of a batch of `examples`;
/// bias_gradient gets the sum of its rows. Returns these rows' part of the cost.
float softmax_gradient(float* z, const float* b, const std::int32_t* y, int rows, int examples,
                       float* bias_gradient);

inline float sigmoid(float z) { return 1 / (1 + std::exp(-z)); }

/// A sum over the batch, gathered by every thread for itself.
class Partial {
 public:
  Partial(int size, int threads)
      : pitch_((size + 31) / 16 * 16), sums_(std::int64_t(pitch_) * threads) {}
  float* of(int thread) const { return sums_ + std::int64_t(pitch_) * thread; }
  float total(int column, int team) const {
    float sum = 0;
    for (int t = 0; t < team; ++t) sum += sums_[std::int64_t(pitch_) * t + column];
    return sum;
  }

 private:
  int pitch_;
  Floats sums_;
};

struct DenseOptions {
  std::vector<int> sizes;
  int batch = 100;
  float rate = 0.01f, momentum = 0;
  float kept_inputs = 1, kept_units = 1;
};
std::unique_ptr<Contestant> dense(const DenseOptions& options, int threads, DrawsOfThreads draws);
std::unique_ptr<Contestant> autoencoder(int visible, int hidden, int batch, float rate, int threads,
                                        DrawsOfThreads draws);
std::unique_ptr<Contestant> boltzmann_machine(int visible, int hidden, int batch, float rate,
                                              int threads, DrawsOfThreads draws);
std::unique_ptr<Contestant> persistent_machine(int visible, int hidden, int batch, int steps,
                                               float rate, int threads, DrawsOfThreads draws);
std::unique_ptr<Contestant> score_matching(int visible, int hidden, int batch, float rate,
                                           int threads, DrawsOfThreads draws);
std::unique_ptr<Contestant> variational_autoencoder(int visible, int width, int hidden, int batch,
                                                    float rate, int threads, DrawsOfThreads draws);
std::unique_ptr<Contestant> contractive_autoencoder(int visible, int hidden, int batch, float rate,
                                                    int threads);
std::unique_ptr<Contestant> convolutional_net(int batch, float rate, int threads);
std::unique_ptr<Contestant> lenet(int batch, float rate, int threads);
/// Units that see `each` inputs; input[unit * each + k] is the k-th, weight[…] its weight.
struct Connections {
  int inputs, units, each;
  std::vector<int> input, weight;
  int weights;
};
std::unique_ptr<Contestant> connected(const Connections& layer, int batch, float rate, int threads);
std::unique_ptr<Contestant> logistic_regression(int features, float rate);

/// 64 generators side by side, which the vectoriser runs in registers (Marsaglia 2003).
DrawsOfThreads xorshift(int threads);

}  // namespace bench::hand
