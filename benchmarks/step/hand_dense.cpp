#include "hand.hpp"

namespace bench::hand {

namespace {

void rectify(float* __restrict h, const float* __restrict b, int rows, int n) {
  for (int i = 0; i < rows; ++i, h += n)
    for (int j = 0; j < n; ++j) {
      const float v = h[j] + b[j];
      h[j] = v > 0 ? v : 0;
    }
}

// The factor 1 / kept is left to the products that read h and the gradient of h.
void rectify_and_drop(float* __restrict h, const float* __restrict b, const float* __restrict u,
                      float kept, int n) {
  const float scale = 1 / kept;
  for (int j = 0; j < n; ++j) {
    const float v = h[j] + b[j];
    h[j] = v > 0 && u[j] < kept ? v * scale : 0;
  }
}

/// d becomes the gradient before the rectifier; sum gets its rows.
void mask(float* __restrict d, const float* __restrict h, float* __restrict sum, int rows, int n) {
  for (int j = 0; j < n; ++j) sum[j] = 0;
  for (int i = 0; i < rows; ++i, d += n, h += n)
    for (int j = 0; j < n; ++j) {
      const float v = h[j] > 0 ? d[j] : 0;
      d[j] = v;
      sum[j] += v;
    }
}

class Dense : public Contestant {
 public:
  Dense(const DenseOptions& options, int threads, DrawsOfThreads draws)
      : o_(options), threads_(threads), draws_(std::move(draws)) {
    const auto& d = o_.sizes;
    for (std::size_t l = 0; l + 1 < d.size(); ++l) {
      const std::int64_t weights = std::int64_t(d[l]) * d[l + 1];
      w_.emplace_back(weights);
      b_.emplace_back(d[l + 1]);
      if (o_.momentum > 0) v_.emplace_back(weights);
      c_.emplace_back(d[l + 1]);
      h_.emplace_back(std::int64_t(o_.batch) * d[l + 1]);
      d_.emplace_back(std::int64_t(o_.batch) * d[l + 1]);
      sums_.emplace_back(d[l + 1], threads);
    }
    if (o_.kept_inputs < 1) x_ = Floats(std::int64_t(o_.batch) * d[0]);
    for (int t = 0; t < threads; ++t) uniform_.emplace_back(*std::max_element(d.begin(), d.end()));
  }

  float run(const Data& data, long first, long count) override {
    float cost = 0;
    for (long s = first; s < first + count; ++s)
      cost = on_threads(threads_, [&](int thread, int team) {
        return step(data.inputs(s), data.labels(s), s, thread, team);
      });
    return cost;
  }

  std::vector<Parameter> parameters() override {
    std::vector<Parameter> all;
    for (std::size_t l = 0; l < w_.size(); ++l) {
      const auto n = std::to_string(l);
      all.push_back({"W" + n, w_[l], std::int64_t(o_.sizes[l]) * o_.sizes[l + 1]});
      all.push_back({"b" + n, b_[l], o_.sizes[l + 1]});
    }
    return all;
  }

 private:
  float step(const float* x, const std::int32_t* y, long number, int thread, int team) {
    const int layers = static_cast<int>(w_.size());
    const std::vector<int>& n = o_.sizes;
    const Rows rows = rows_of(o_.batch, thread, team);
    const bool drop = o_.kept_units < 1;
    float* u = uniform_[thread];
    if (drop) {
      draws_[thread]->start(number);
      for (int i = rows.begin; i < rows.end; ++i) {
        const std::int64_t at = std::int64_t(i) * n[0];
        draws_[thread]->fill(0, at, u, n[0]);
        const float* __restrict from = x + at, kept = o_.kept_inputs, scale = 1 / kept;
        float* __restrict to = x_ + at;
        for (int j = 0; j < n[0]; ++j) to[j] = u[j] < kept ? from[j] * scale : 0;
      }
      x = x_;
    }
    for (int l = 0; l < layers; ++l) {
      float* h = h_[l] + std::int64_t(rows.begin) * n[l + 1];
      const float* below = (l ? h_[l - 1] : x) + std::int64_t(rows.begin) * n[l];
      gemm(false, false, rows.count(), n[l + 1], n[l], 1, below, n[l], w_[l], n[l + 1], 0, h,
           n[l + 1]);
      if (l + 1 == layers) break;
      if (drop) {
        for (int i = rows.begin; i < rows.end; ++i, h += n[l + 1]) {
          draws_[thread]->fill(l + 1, std::int64_t(i) * n[l + 1], u, n[l + 1]);
          rectify_and_drop(h, b_[l], u, o_.kept_units, n[l + 1]);
        }
      } else {
        rectify(h, b_[l], rows.count(), n[l + 1]);
      }
    }
    const int top = layers - 1;
    float* z = h_[top] + std::int64_t(rows.begin) * n[layers];
    const float cost =
        softmax_gradient(z, b_[top], y + rows.begin, rows.count(), o_.batch, sums_[top].of(thread));
    for (int l = top; l > 0; --l) {
      const float* above = (l == top ? h_[l] : d_[l]) + std::int64_t(rows.begin) * n[l + 1];
      float* below = d_[l - 1] + std::int64_t(rows.begin) * n[l];
      gemm(false, true, rows.count(), n[l], n[l + 1], 1 / o_.kept_units, above, n[l + 1], w_[l],
           n[l + 1], 0, below, n[l]);
      mask(below, h_[l - 1] + std::int64_t(rows.begin) * n[l], sums_[l - 1].of(thread),
           rows.count(), n[l]);
    }
    barrier(team);
    for (int l = top; l >= 0; --l) update(l, l ? h_[l - 1] : x, thread, team);
    return cost;
  }

  void update(int l, const float* below, int thread, int team) {
    const int in = o_.sizes[l], out = o_.sizes[l + 1];
    const float* gradient = l + 1 == static_cast<int>(w_.size()) ? h_[l] : d_[l];
    const Rows rows = rows_of(in, thread, team);
    const std::int64_t at = std::int64_t(rows.begin) * out;
    const float rate = o_.rate;
    if (o_.momentum == 0) {
      gemm(true, false, rows.count(), out, o_.batch, -rate, below + rows.begin, in, gradient, out,
           1, w_[l] + at, out);
    } else {
      gemm(true, false, rows.count(), out, o_.batch, 1, below + rows.begin, in, gradient, out,
           o_.momentum, v_[l] + at, out);
      float* __restrict w = w_[l] + at;
      const float* __restrict v = v_[l] + at;
      for (std::int64_t i = 0; i < std::int64_t(rows.count()) * out; ++i) w[i] -= rate * v[i];
    }
    if (thread != 0) return;
    for (int j = 0; j < out; ++j) {
      c_[l][j] = o_.momentum * c_[l][j] + sums_[l].total(j, team);
      b_[l][j] -= rate * c_[l][j];
    }
  }

  DenseOptions o_;
  int threads_;
  DrawsOfThreads draws_;
  std::vector<Floats> w_, b_, v_, c_;  // weights, biases, their velocities
  std::vector<Floats> h_, d_;          // units, gradients; the top layer's gradient is in h_
  std::vector<Partial> sums_;
  std::vector<Floats> uniform_;
  Floats x_;
};

}  // namespace

float softmax_gradient(float* z, const float* b, const std::int32_t* y, int rows, int examples,
                       float* bias_gradient) {
  constexpr int n = 10;
  float cost = 0, sums[n] = {};
  for (int i = 0; i < rows; ++i, z += n) {
    float e[n], largest = -INFINITY, sum = 0;
    for (int j = 0; j < n; ++j) {
      e[j] = z[j] + b[j];
      largest = e[j] > largest ? e[j] : largest;
    }
    const float chosen = e[y[i]] - largest;
    for (int j = 0; j < n; ++j) {
      e[j] = std::exp(e[j] - largest);
      sum += e[j];
    }
    cost += std::log(sum) - chosen;
    const float scale = 1 / (sum * examples);
    for (int j = 0; j < n; ++j) e[j] *= scale;
    e[y[i]] -= 1.0f / examples;
    for (int j = 0; j < n; ++j) {
      z[j] = e[j];
      sums[j] += e[j];
    }
  }
  for (int j = 0; j < n; ++j) bias_gradient[j] = sums[j];
  return cost / examples;
}

std::unique_ptr<Contestant> dense(const DenseOptions& options, int threads, DrawsOfThreads draws) {
  return std::make_unique<Dense>(options, threads, std::move(draws));
}

}  // namespace bench::hand
