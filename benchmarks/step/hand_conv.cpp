#include "hand.hpp"

namespace bench::hand {

namespace {

/// A layer of K x K kernels (cross-correlation, `Pad` zeros on each side), bias, rectifier and a
/// pool of 2 x 2; images are [rows, columns, channels]. One image at a time, as a product with its
/// patches; `room` holds an image with its zeros.
template <int Size, int In, int Out, int Pad = 0>
struct Layer {
  static constexpr int K = 5, padded = Size + 2 * Pad, wide = padded - K + 1, half = wide / 2;
  static constexpr int pixels = wide * wide, patch = K * K * In, channels = Out;
  static constexpr int inputs = Size * Size * In, maps = pixels * Out, pooled = half * half * Out;
  static constexpr int weights = patch * Out, room = padded * padded * In;

  static void patches(const float* __restrict x, float* __restrict with_zeros,
                      float* __restrict p) {
    if constexpr (Pad > 0) {
      std::memset(with_zeros, 0, sizeof(float) * room);
      for (int r = 0; r < Size; ++r)
        std::memcpy(with_zeros + ((r + Pad) * padded + Pad) * In, x + r * Size * In,
                    sizeof(float) * Size * In);
      x = with_zeros;
    }
    for (int r = 0; r < wide; ++r)
      for (int c = 0; c < wide; ++c)
        for (int i = 0; i < K; ++i, p += K * In)
          std::memcpy(p, x + ((r + i) * padded + c) * In, sizeof(float) * K * In);
  }
  static void add_patches(const float* __restrict p, float* __restrict with_zeros,
                          float* __restrict x) {
    float* __restrict sum = Pad > 0 ? with_zeros : x;
    std::memset(sum, 0, sizeof(float) * room);
    for (int r = 0; r < wide; ++r)
      for (int c = 0; c < wide; ++c)
        for (int i = 0; i < K; ++i, p += K * In) {
          float* __restrict to = sum + ((r + i) * padded + c) * In;
          for (int j = 0; j < K * In; ++j) to[j] += p[j];
        }
    if constexpr (Pad > 0)
      for (int r = 0; r < Size; ++r)
        std::memcpy(x + r * Size * In, with_zeros + ((r + Pad) * padded + Pad) * In,
                    sizeof(float) * Size * In);
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
  static void forward(const float* x, const float* w, const float* b, float* with_zeros, float* p,
                      float* z, float* y) {
    patches(x, with_zeros, p);
    gemm(false, false, pixels, Out, patch, 1, p, patch, w, Out, 0, z, Out);
    pool(z, b, y);
  }
  /// Adds to the gradients of weights and biases; p is overwritten.
  static void backward(const float* x, float* with_zeros, float* p, float* z, const float* y,
                       const float* dy, float* dw, float* db) {
    unpool(z, y, dy, db);
    patches(x, with_zeros, p);
    gemm(true, false, patch, Out, pixels, 1, p, patch, z, Out, 1, dw, Out);
  }
  static void backward_to_inputs(const float* z, const float* w, float* with_zeros, float* p,
                                 float* dx) {
    gemm(false, true, pixels, patch, Out, 1, z, Out, w, Out, 0, p, patch);
    add_patches(p, with_zeros, dx);
  }
};

/// Two such layers, a dense layer of `Hidden` rectifiers (none of 0), and a softmax of 10 classes.
template <class A, class B, int Hidden>
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
    std::vector<Parameter> all{{"W0", w0_, A::weights},
                               {"b0", b0_, A::channels},
                               {"W1", w1_, B::weights},
                               {"b1", b1_, B::channels}};
    if constexpr (Hidden > 0) {
      all.push_back({"W2", w2_, std::int64_t(features) * Hidden});
      all.push_back({"b2", b2_, Hidden});
    }
    all.push_back({Hidden > 0 ? "W3" : "W2", w3_, std::int64_t(last) * 10});
    all.push_back({Hidden > 0 ? "b3" : "b2", b3_, 10});
    return all;
  }

 private:
  static constexpr int features = B::pooled, last = Hidden > 0 ? Hidden : features;

  struct Own {  // of a thread
    Floats with_zeros{std::max(A::room, B::room)};
    Floats patches{std::max(A::pixels * A::patch, B::pixels* B::patch)};
    Floats dy0{A::pooled};
    Floats dw0{A::weights}, db0{A::channels}, dw1{B::weights}, db1{B::channels}, db2{Hidden + 1},
        db3{10};
  };

  float step(const float* x, const std::int32_t* y, int thread, int team) {
    const Rows rows = rows_of(batch_, thread, team);
    const int n = rows.count();
    Own& own = own_[thread];
    for (int i = rows.begin; i < rows.end; ++i) {
      A::forward(x + i * A::inputs, w0_, b0_, own.with_zeros, own.patches, z0_ + i * A::maps,
                 y0_ + i * A::pooled);
      B::forward(y0_ + i * A::pooled, w1_, b1_, own.with_zeros, own.patches, z1_ + i * B::maps,
                 y1_ + i * B::pooled);
    }
    float *flat = y1_ + rows.begin * features, *top = flat;
    if constexpr (Hidden > 0) {
      top = h_ + rows.begin * Hidden;
      gemm(false, false, n, Hidden, features, 1, flat, features, w2_, Hidden, 0, top, Hidden);
      for (int i = 0; i < n; ++i) rectify(top + i * Hidden, b2_, Hidden);
    }
    float *z = scores_ + rows.begin * 10, *d = dy1_ + rows.begin * features;
    gemm(false, false, n, 10, last, 1, top, last, w3_, 10, 0, z, 10);
    const float cost = softmax_gradient(z, b3_, y + rows.begin, n, batch_, own.db3);
    if constexpr (Hidden > 0) {
      float* dh = dh_ + rows.begin * Hidden;
      gemm(false, true, n, Hidden, 10, 1, z, 10, w3_, 10, 0, dh, Hidden);
      std::memset(own.db2, 0, sizeof(float) * Hidden);
      for (int i = 0; i < n; ++i) mask(dh + i * Hidden, top + i * Hidden, own.db2, Hidden);
      gemm(false, true, n, features, Hidden, 1, dh, Hidden, w2_, Hidden, 0, d, features);
    } else {
      gemm(false, true, n, features, 10, 1, z, 10, w3_, 10, 0, d, features);
    }
    std::memset(own.dw0, 0, sizeof(float) * A::weights);
    std::memset(own.db0, 0, sizeof(float) * A::channels);
    std::memset(own.dw1, 0, sizeof(float) * B::weights);
    std::memset(own.db1, 0, sizeof(float) * B::channels);
    for (int i = rows.begin; i < rows.end; ++i) {
      float *y0 = y0_ + i * A::pooled, *z1 = z1_ + i * B::maps;
      B::backward(y0, own.with_zeros, own.patches, z1, y1_ + i * B::pooled, dy1_ + i * B::pooled,
                  own.dw1, own.db1);
      B::backward_to_inputs(z1, w1_, own.with_zeros, own.patches, own.dy0);
      A::backward(x + i * A::inputs, own.with_zeros, own.patches, z0_ + i * A::maps, y0, own.dy0,
                  own.dw0, own.db0);
    }
    barrier(team);
    descend_along(y1_, Hidden > 0 ? static_cast<const float*>(dh_) : scores_,
                  Hidden > 0 ? w2_ : w3_, features, Hidden > 0 ? Hidden : 10, thread, team);
    if constexpr (Hidden > 0) descend_along(h_, scores_, w3_, Hidden, 10, thread, team);
    if (thread != 0) return cost;
    for (int t = 0; t < team; ++t) {
      descend(w0_, own_[t].dw0, A::weights);
      descend(b0_, own_[t].db0, A::channels);
      descend(w1_, own_[t].dw1, B::weights);
      descend(b1_, own_[t].db1, B::channels);
      descend(b2_, own_[t].db2, Hidden);
      descend(b3_, own_[t].db3, 10);
    }
    return cost;
  }
  static void rectify(float* __restrict h, const float* __restrict b, int n) {
    for (int j = 0; j < n; ++j) h[j] = h[j] + b[j] > 0 ? h[j] + b[j] : 0;
  }
  static void mask(float* __restrict d, const float* __restrict h, float* __restrict sum, int n) {
    for (int j = 0; j < n; ++j) {
      d[j] = h[j] > 0 ? d[j] : 0;
      sum[j] += d[j];
    }
  }
  /// This thread's rows of w -= rate * h' d, of the whole batch.
  void descend_along(const float* h, const float* d, float* w, int in, int out, int thread,
                     int team) const {
    const Rows mine = rows_of(in, thread, team);
    gemm(true, false, mine.count(), out, batch_, -rate_, h + mine.begin, in, d, out, 1,
         w + std::int64_t(mine.begin) * out, out);
  }
  void descend(float* __restrict w, const float* __restrict gradient, int n) const {
    for (int i = 0; i < n; ++i) w[i] -= rate_ * gradient[i];
  }

  int batch_;
  float rate_;
  int threads_;
  Floats w0_{A::weights}, b0_{A::channels}, w1_{B::weights}, b1_{B::channels};
  Floats w2_{std::int64_t(features) * Hidden + 1}, b2_{Hidden + 1};
  Floats w3_{std::int64_t(last) * 10}, b3_{10};
  Floats z0_{std::int64_t(batch_) * A::maps}, y0_{std::int64_t(batch_) * A::pooled};
  Floats z1_{std::int64_t(batch_) * B::maps}, y1_{std::int64_t(batch_) * B::pooled};
  Floats h_{std::int64_t(batch_) * Hidden + 1}, dh_{std::int64_t(batch_) * Hidden + 1};
  Floats dy1_{std::int64_t(batch_) * B::pooled}, scores_{std::int64_t(batch_) * 10};
  std::vector<Own> own_;
};

}  // namespace

std::unique_ptr<Contestant> convolutional_net(int batch, float rate, int threads) {
  return std::make_unique<ConvolutionalNet<Layer<28, 1, 16>, Layer<12, 16, 32>, 0>>(batch, rate,
                                                                                    threads);
}
std::unique_ptr<Contestant> lenet(int batch, float rate, int threads) {
  return std::make_unique<ConvolutionalNet<Layer<28, 1, 32, 2>, Layer<14, 32, 64, 2>, 500>>(
      batch, rate, threads);
}

}  // namespace bench::hand
