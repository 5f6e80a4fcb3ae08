#include "hand.hpp"

namespace bench::hand {

namespace {

/// A layer of K x K kernels (cross-correlation, no padding), bias, rectifier and a pool of 2 x 2;
/// images are [rows, columns, channels]. One image at a time, as a product with its patches.
template <int Size, int In, int Out>
struct Layer {
  static constexpr int K = 5, wide = Size - K + 1, half = wide / 2;
  static constexpr int pixels = wide * wide, patch = K * K * In;
  static constexpr int inputs = Size * Size * In, maps = pixels * Out, pooled = half * half * Out;
  static constexpr int weights = patch * Out;

  static void patches(const float* __restrict x, float* __restrict p) {
    for (int r = 0; r < wide; ++r)
      for (int c = 0; c < wide; ++c)
        for (int i = 0; i < K; ++i, p += K * In)
          std::memcpy(p, x + ((r + i) * Size + c) * In, sizeof(float) * K * In);
  }
  static void add_patches(const float* __restrict p, float* __restrict x) {
    std::memset(x, 0, sizeof(float) * inputs);
    for (int r = 0; r < wide; ++r)
      for (int c = 0; c < wide; ++c)
        for (int i = 0; i < K; ++i, p += K * In) {
          float* __restrict to = x + ((r + i) * Size + c) * In;
          for (int j = 0; j < K * In; ++j) to[j] += p[j];
        }
  }
  /// z: maps before bias and rectifier, kept for the way back; y: pooled
  static void pool(const float* __restrict z, const float* __restrict b, float* __restrict y) {
    for (int r = 0; r < half; ++r)
      for (int c = 0; c < half; ++c, y += Out) {
        const float* __restrict p = z + (2 * r * wide + 2 * c) * Out;
        const float* __restrict q = p + wide * Out;
        for (int o = 0; o < Out; ++o) {
          const float upper = p[o] > p[o + Out] ? p[o] : p[o + Out];
          const float lower = q[o] > q[o + Out] ? q[o] : q[o + Out];
          const float v = (upper > lower ? upper : lower) + b[o];
          y[o] = v > 0 ? v : 0;
        }
      }
  }
  /// z becomes its own gradient: the first largest of four gets that of y, if y is positive
  static void unpool(float* __restrict z, const float* __restrict y, const float* __restrict dy,
                     float* __restrict bias_gradient) {
    for (int r = 0; r < half; ++r)
      for (int c = 0; c < half; ++c, y += Out, dy += Out) {
        float* __restrict p = z + (2 * r * wide + 2 * c) * Out;
        float* __restrict q = p + wide * Out;
        for (int o = 0; o < Out; ++o) {
          const float g = y[o] > 0 ? dy[o] : 0;
          const float v[4] = {p[o], p[o + Out], q[o], q[o + Out]};
          const float upper = v[0] > v[1] ? v[0] : v[1], lower = v[2] > v[3] ? v[2] : v[3];
          const bool up = upper >= lower, left_up = v[0] >= v[1], left_low = v[2] >= v[3];
          p[o] = up && left_up ? g : 0;
          p[o + Out] = up && !left_up ? g : 0;
          q[o] = !up && left_low ? g : 0;
          q[o + Out] = !up && !left_low ? g : 0;
          bias_gradient[o] += g;
        }
      }
  }
  static void forward(const float* x, const float* w, const float* b, float* p, float* z,
                      float* y) {
    patches(x, p);
    gemm(false, false, pixels, Out, patch, 1, p, patch, w, Out, 0, z, Out);
    pool(z, b, y);
  }
  /// Adds to the gradients of weights and biases; p is overwritten.
  static void backward(const float* x, float* p, float* z, const float* y, const float* dy,
                       float* dw, float* db) {
    unpool(z, y, dy, db);
    patches(x, p);
    gemm(true, false, patch, Out, pixels, 1, p, patch, z, Out, 1, dw, Out);
  }
  static void backward_to_inputs(const float* z, const float* w, float* p, float* dx) {
    gemm(false, true, pixels, patch, Out, 1, z, Out, w, Out, 0, p, patch);
    add_patches(p, dx);
  }
};

class ConvolutionalNet : public Contestant {
 public:
  ConvolutionalNet(int batch, float rate, int threads)
      : batch_(batch), rate_(rate), threads_(threads) {
    for (int t = 0; t < threads; ++t) own_.emplace_back();
  }

  float run(const Data& data, long first, long count) override {
    float cost = 0;
    for (long s = first; s < first + count; ++s)
      cost = on_threads(threads_, [&](int thread, int team) {
        return step(data.inputs(s), data.labels(s), thread, team);
      });
    return cost;
  }
  std::vector<Parameter> parameters() override {
    return {{"W0", w0_, A::weights}, {"b0", b0_, 16},   {"W1", w1_, B::weights},
            {"b1", b1_, 32},         {"W2", w2_, 5120}, {"b2", b2_, 10}};
  }

 private:
  using A = Layer<28, 1, 16>;
  using B = Layer<12, 16, 32>;

  struct Own {  // of a thread
    Floats patches{std::max(A::pixels * A::patch, B::pixels* B::patch)};
    Floats dy0{A::pooled};
    Floats dw0{A::weights}, db0{16}, dw1{B::weights}, db1{32}, db2{16};
  };

  float step(const float* x, const std::int32_t* y, int thread, int team) {
    const Rows rows = rows_of(batch_, thread, team);
    Own& own = own_[thread];
    for (int i = rows.begin; i < rows.end; ++i) {
      A::forward(x + i * A::inputs, w0_, b0_, own.patches, z0_ + i * A::maps, y0_ + i * A::pooled);
      B::forward(y0_ + i * A::pooled, w1_, b1_, own.patches, z1_ + i * B::maps,
                 y1_ + i * B::pooled);
    }
    float* z = scores_ + rows.begin * 10;
    gemm(false, false, rows.count(), 10, 512, 1, y1_ + rows.begin * 512, 512, w2_, 10, 0, z, 10);
    const float cost = softmax_gradient(z, b2_, y + rows.begin, rows.count(), batch_, own.db2);
    gemm(false, true, rows.count(), 512, 10, 1, z, 10, w2_, 10, 0, dy1_ + rows.begin * 512, 512);
    std::memset(own.dw0, 0, sizeof(float) * A::weights);
    std::memset(own.db0, 0, sizeof(float) * 16);
    std::memset(own.dw1, 0, sizeof(float) * B::weights);
    std::memset(own.db1, 0, sizeof(float) * 32);
    for (int i = rows.begin; i < rows.end; ++i) {
      float *y0 = y0_ + i * A::pooled, *z1 = z1_ + i * B::maps;
      B::backward(y0, own.patches, z1, y1_ + i * B::pooled, dy1_ + i * B::pooled, own.dw1, own.db1);
      B::backward_to_inputs(z1, w1_, own.patches, own.dy0);
      A::backward(x + i * A::inputs, own.patches, z0_ + i * A::maps, y0, own.dy0, own.dw0, own.db0);
    }
    barrier(team);
    const Rows mine = rows_of(512, thread, team);
    gemm(true, false, mine.count(), 10, batch_, -rate_, y1_ + mine.begin, 512, scores_, 10, 1,
         w2_ + mine.begin * 10, 10);
    if (thread != 0) return cost;
    for (int t = 0; t < team; ++t) {
      descend(w0_, own_[t].dw0, A::weights);
      descend(b0_, own_[t].db0, 16);
      descend(w1_, own_[t].dw1, B::weights);
      descend(b1_, own_[t].db1, 32);
      descend(b2_, own_[t].db2, 10);
    }
    return cost;
  }
  void descend(float* __restrict w, const float* __restrict gradient, int n) const {
    for (int i = 0; i < n; ++i) w[i] -= rate_ * gradient[i];
  }

  int batch_;
  float rate_;
  int threads_;
  Floats w0_{A::weights}, b0_{16}, w1_{B::weights}, b1_{32}, w2_{5120}, b2_{10};
  Floats z0_{std::int64_t(batch_) * A::maps}, y0_{std::int64_t(batch_) * A::pooled};
  Floats z1_{std::int64_t(batch_) * B::maps}, y1_{std::int64_t(batch_) * B::pooled};
  Floats dy1_{std::int64_t(batch_) * B::pooled}, scores_{std::int64_t(batch_) * 10};
  std::vector<Own> own_;
};

}  // namespace

std::unique_ptr<Contestant> convolutional_net(int batch, float rate, int threads) {
  return std::make_unique<ConvolutionalNet>(batch, rate, threads);
}

}  // namespace bench::hand
