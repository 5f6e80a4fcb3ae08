#include "hand_two_layers.hpp"

namespace bench::hand {

namespace {

// x[rows, n] plus a bias, through f.
template <class F>
void rows_through(float* __restrict x, const float* __restrict bias, int rows, int n, F f) {
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < n; ++j) x[i * n + j] = f(x[i * n + j] + bias[j]);
}

class PersistentMachine : public TwoLayers {
 public:
  PersistentMachine(int visible, int hidden, int batch, int steps, float rate, int threads,
                    DrawsOfThreads draws)
      : TwoLayers(visible, hidden, batch, rate, threads, std::move(draws)), steps_(steps) {}

 private:
  // Units on with probability sigmoid(z + bias), in place.
  void draw(float* __restrict z, const float* __restrict bias, int site, Rows rows, int n,
            int thread) {
    float* __restrict u = uniform_[thread];
    for (int i = 0; i < rows.count(); ++i) {
      draws_[thread]->fill(site, std::int64_t(rows.begin + i) * n, u, n);
      for (int j = 0; j < n; ++j) z[i * n + j] = u[j] < sigmoid(z[i * n + j] + bias[j]) ? 1 : 0;
    }
  }
  float step(const float* x, int thread, int team) override {
    const Rows rows = rows_of(batch_, thread, team);
    const std::int64_t at_v = std::int64_t(rows.begin) * v_, at_h = std::int64_t(rows.begin) * h_;
    float *v = chains_ + at_v, *s = sample_ + at_h;
    // The loop is written out, and sites are numbered from what is made to what it is made of.
    for (int k = steps_; k-- > 0;) {
      gemm(false, false, rows.count(), h_, v_, 1, v, v_, w_, h_, 0, s, h_);
      draw(s, b_, 2 * k + 1, rows, h_, thread);
      gemm(false, true, rows.count(), v_, h_, 1, s, h_, w_, h_, 0, v, v_);
      draw(v, c_, 2 * k, rows, v_, thread);
    }
    float* __restrict h0 = first_ + at_h, * __restrict h1 = s;
    gemm(false, false, rows.count(), h_, v_, 1, x + at_v, v_, w_, h_, 0, h0, h_);
    gemm(false, false, rows.count(), h_, v_, 1, v, v_, w_, h_, 0, h1, h_);
    float* __restrict sum_b = sum_b_.of(thread), * __restrict sum_c = sum_c_.of(thread), on = 0;
    std::fill(sum_b, sum_b + h_, 0);
    std::fill(sum_c, sum_c + v_, 0);
    const float* __restrict b = b_;
    for (int i = 0; i < rows.count(); ++i)
      for (int j = 0; j < h_; ++j) {
        const float p = sigmoid(h0[i * h_ + j] + b[j]), q = sigmoid(h1[i * h_ + j] + b[j]);
        h0[i * h_ + j] = p, h1[i * h_ + j] = q;
        sum_b[j] += p - q;
        on += q;
      }
    for (int i = 0; i < rows.count(); ++i)
      for (int j = 0; j < v_; ++j) sum_c[j] += x[at_v + i * v_ + j] - v[i * v_ + j];
    barrier(team);
    const Rows mine = rows_of(v_, thread, team);
    const float k = rate_ / batch_;
    float* w = w_ + std::int64_t(mine.begin) * h_;
    gemm(true, false, mine.count(), h_, batch_, k, x + mine.begin, v_, first_, h_, 1, w, h_);
    gemm(true, false, mine.count(), h_, batch_, -k, chains_ + mine.begin, v_, sample_, h_, 1, w,
         h_);
    add_to_biases(k, thread, team);
    return on / batch_;
  }

  int steps_;
  Floats first_ = units(h_), sample_ = units(h_), chains_ = units(v_);
};

class ScoreMatching : public TwoLayers {
 public:
  using TwoLayers::TwoLayers;

 private:
  float step(const float* x, int thread, int team) override {
    constexpr float variance = .16f;
    const Rows rows = rows_of(batch_, thread, team);
    const std::int64_t at_v = std::int64_t(rows.begin) * v_, at_h = std::int64_t(rows.begin) * h_;
    float* __restrict v = noisy_ + at_v, * __restrict h = code_ + at_h;
    float* __restrict d = slope_ + at_h, * __restrict r = restored_ + at_v;
    draws_[thread]->fill_normal(0, at_v, v, std::int64_t(rows.count()) * v_);
    for (int i = 0; i < rows.count() * v_; ++i) v[i] = x[at_v + i] + .4f * v[i];
    gemm(false, false, rows.count(), h_, v_, 1, v, v_, w_, h_, 0, h, h_);
    rows_through(h, b_, rows.count(), h_, [](float z) { return sigmoid(z / variance); });
    gemm(false, true, rows.count(), v_, h_, 1, h, h_, w_, h_, 0, r, v_);
    float* __restrict sum_b = sum_b_.of(thread), * __restrict sum_c = sum_c_.of(thread), cost = 0;
    std::fill(sum_b, sum_b + h_, 0);
    std::fill(sum_c, sum_c + v_, 0);
    const float each = 1.f / (variance * variance) / (float(batch_) * v_);
    const float* __restrict c = c_;
    for (int i = 0; i < rows.count(); ++i)
      for (int j = 0; j < v_; ++j) {
        const float e = r[i * v_ + j] + c[j] - x[at_v + i * v_ + j], g = 2 * each * e;
        cost += each * e * e;
        r[i * v_ + j] = g;
        sum_c[j] += g;
      }
    gemm(false, false, rows.count(), h_, v_, 1, r, v_, w_, h_, 0, d, h_);
    for (int i = 0; i < rows.count(); ++i)
      for (int j = 0; j < h_; ++j) {
        const float p = h[i * h_ + j], g = d[i * h_ + j] * p * (1 - p) / variance;
        d[i * h_ + j] = g;
        sum_b[j] += g;
      }
    barrier(team);
    const Rows mine = rows_of(v_, thread, team);
    float* w = w_ + std::int64_t(mine.begin) * h_;
    gemm(true, false, mine.count(), h_, batch_, -rate_, noisy_ + mine.begin, v_, slope_, h_, 1, w,
         h_);
    gemm(true, false, mine.count(), h_, batch_, -rate_, restored_ + mine.begin, v_, code_, h_, 1, w,
         h_);
    add_to_biases(-rate_, thread, team);
    return cost;
  }

  Floats noisy_ = units(v_), code_ = units(h_), slope_ = units(h_), restored_ = units(v_);
};

class ContractiveAutoencoder : public TwoLayers {
 public:
  ContractiveAutoencoder(int visible, int hidden, int batch, float rate, int threads)
      : TwoLayers(visible, hidden, batch, rate, threads, {}),
        norms_(hidden),
        sum_a_(hidden, threads) {
    for (int t = 0; t < threads; ++t) factors_.emplace_back(hidden);
  }

 private:
  float step(const float* x, int thread, int team) override {
    constexpr float strength = .1f;
    const Rows rows = rows_of(batch_, thread, team);
    const std::int64_t at_v = std::int64_t(rows.begin) * v_, at_h = std::int64_t(rows.begin) * h_;
    float* __restrict h = code_ + at_h, * __restrict d = slope_ + at_h;
    float* __restrict r = restored_ + at_v;
    float* __restrict norms = norms_, * __restrict w = w_;
    if (thread == 0) {
      std::fill(norms, norms + h_, 0);
      for (int i = 0; i < v_; ++i)
        for (int j = 0; j < h_; ++j) norms[j] += w[i * h_ + j] * w[i * h_ + j];
    }
    gemm(false, false, rows.count(), h_, v_, 1, x + at_v, v_, w_, h_, 0, h, h_);
    rows_through(h, b_, rows.count(), h_, [](float z) { return sigmoid(z); });
    gemm(false, true, rows.count(), v_, h_, 1, h, h_, w_, h_, 0, r, v_);
    barrier(team);
    float* __restrict sum_b = sum_b_.of(thread), * __restrict sum_c = sum_c_.of(thread), cost = 0;
    float* __restrict sum_a = sum_a_.of(thread);
    std::fill(sum_b, sum_b + h_, 0);
    std::fill(sum_a, sum_a + h_, 0);
    std::fill(sum_c, sum_c + v_, 0);
    const float each = 1.f / batch_;
    const float* __restrict c = c_;
    for (int i = 0; i < rows.count(); ++i)
      for (int j = 0; j < v_; ++j) {
        const float s = r[i * v_ + j] + c[j], t = x[at_v + i * v_ + j], e = std::exp(-std::fabs(s));
        cost += (s > 0 ? s : 0) - s * t + std::log(1 + e);
        const float g = ((s >= 0 ? 1 : e) / (1 + e) - t) * each;
        r[i * v_ + j] = g;
        sum_c[j] += g;
      }
    gemm(false, false, rows.count(), h_, v_, 1, r, v_, w_, h_, 0, d, h_);
    for (int i = 0; i < rows.count(); ++i)
      for (int j = 0; j < h_; ++j) {
        const float p = h[i * h_ + j], a = p * (1 - p), q = a * a;
        cost += strength * q * norms[j];
        const float g = d[i * h_ + j] * a + strength * each * norms[j] * 2 * q * (1 - 2 * p);
        d[i * h_ + j] = g;
        sum_b[j] += g;
        sum_a[j] += q;
      }
    barrier(team);
    // What the weights' squares have in the penalty shrinks each column by a factor.
    float* __restrict factor = factors_[thread];
    for (int j = 0; j < h_; ++j)
      factor[j] = 1 - rate_ * strength * each * 2 * sum_a_.total(j, team);
    const Rows mine = rows_of(v_, thread, team);
    float* __restrict own = w + std::int64_t(mine.begin) * h_;
    for (int i = 0; i < mine.count(); ++i)
      for (int j = 0; j < h_; ++j) own[i * h_ + j] *= factor[j];
    gemm(true, false, mine.count(), h_, batch_, -rate_, x + mine.begin, v_, slope_, h_, 1, own, h_);
    gemm(true, false, mine.count(), h_, batch_, -rate_, restored_ + mine.begin, v_, code_, h_, 1,
         own, h_);
    add_to_biases(-rate_, thread, team);
    return cost * each;
  }

  Floats norms_, code_ = units(h_), slope_ = units(h_), restored_ = units(v_);
  Partial sum_a_;
  std::vector<Floats> factors_;
};

// x -> h -> mu, log sigma -> z -> d -> logits.
class VariationalAutoencoder : public Contestant {
 public:
  VariationalAutoencoder(int visible, int width, int hidden, int batch, float rate, int threads,
                         DrawsOfThreads draws)
      : batch_(batch), rate_(rate), threads_(threads), draws_(std::move(draws)) {
    const int sizes[][2] = {
        {visible, width}, {width, hidden}, {width, hidden}, {hidden, width}, {width, visible}};
    for (const auto& [n, m] : sizes) layers_.emplace_back(n, m, batch);
    z_ = Floats(std::int64_t(batch) * hidden);
    noise_ = Floats(std::int64_t(batch) * hidden);
  }
  float run(const Data& data, long first, long count) override {
    float cost = 0;
    for (long s = first; s < first + count; ++s)
      cost = on_threads(threads_, [&](int thread, int team) {
        draws_[thread]->start(s);
        return step(data.inputs(s), thread, team);
      });
    return cost;
  }
  std::vector<Parameter> parameters() override {
    std::vector<Parameter> list;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      list.push_back({std::string("W").append(std::to_string(l)), layers_[l].w,
                      std::int64_t(layers_[l].n) * layers_[l].m});
      list.push_back({std::string("b").append(std::to_string(l)), layers_[l].b, layers_[l].m});
    }
    return list;
  }

 private:
  struct Layer {
    int n, m;
    Floats w, b, out, slope;  // slope: by what comes before its units' function
    Layer(int inputs, int outputs, int batch)
        : n(inputs),
          m(outputs),
          w(std::int64_t(n) * m),
          b(m),
          out(std::int64_t(batch) * m),
          slope(std::int64_t(batch) * m) {}
  };

  template <class F>
  void forward(Layer& l, const float* in, Rows rows, F f) const {
    float* __restrict y = l.out + std::int64_t(rows.begin) * l.m;
    gemm(false, false, rows.count(), l.m, l.n, 1, in + std::int64_t(rows.begin) * l.n, l.n, l.w,
         l.m, 0, y, l.m);
    rows_through(y, l.b, rows.count(), l.m, f);
  }
  // to (+)= slope W^T
  void backward(const Layer& l, float* to, Rows rows, float beta) const {
    gemm(false, true, rows.count(), l.n, l.m, 1, l.slope + std::int64_t(rows.begin) * l.m, l.m, l.w,
         l.m, beta, to + std::int64_t(rows.begin) * l.n, l.n);
  }
  // The slope of rectifiers, in place.
  static void rectify(Layer& l, Rows rows) {
    float* __restrict g = l.slope;
    const float* __restrict y = l.out;
    for (std::int64_t i = std::int64_t(rows.begin) * l.m; i < std::int64_t(rows.end) * l.m; ++i)
      g[i] = y[i] > 0 ? g[i] : 0;
  }
  void update(Layer& l, const float* in, int thread, int team) {
    const Rows mine = rows_of(l.n, thread, team);
    gemm(true, false, mine.count(), l.m, batch_, -rate_, in + mine.begin, l.n, l.slope, l.m, 1,
         l.w + std::int64_t(mine.begin) * l.m, l.m);
    const Rows biases = rows_of(l.m, thread, team);
    float* __restrict b = l.b;
    const float* __restrict g = l.slope;
    for (int i = 0; i < batch_; ++i)
      for (int j = biases.begin; j < biases.end; ++j) b[j] -= rate_ * g[i * l.m + j];
  }
  float step(const float* x, int thread, int team) {
    const Rows rows = rows_of(batch_, thread, team);
    const auto relu = [](float z) { return z > 0 ? z : 0; };
    const auto same = [](float z) { return z; };
    Layer &h = layers_[0], &mu = layers_[1], &ls = layers_[2], &d = layers_[3], &out = layers_[4];
    forward(h, x, rows, relu);
    forward(mu, h.out, rows, same);
    forward(ls, h.out, rows, same);
    const std::int64_t begin = std::int64_t(rows.begin) * mu.m, end = std::int64_t(rows.end) * mu.m;
    float* __restrict z = z_, * __restrict e = noise_, cost = 0;
    draws_[thread]->fill_normal(0, begin, e + begin, end - begin);
    const float* __restrict m = mu.out, * __restrict s = ls.out;
    for (std::int64_t i = begin; i < end; ++i) {
      const float sigma = std::exp(s[i]);
      e[i] *= sigma;
      z[i] = m[i] + e[i];
      cost += .5f * (sigma * sigma + m[i] * m[i] - 1 - 2 * s[i]);
    }
    forward(d, z_, rows, relu);
    forward(out, d.out, rows, same);
    const float each = 1.f / batch_;
    float* __restrict g = out.slope;
    const float* __restrict logit = out.out;
    for (std::int64_t i = std::int64_t(rows.begin) * out.m; i < std::int64_t(rows.end) * out.m;
         ++i) {
      const float a = logit[i], t = x[i], k = std::exp(-std::fabs(a));
      cost += (a > 0 ? a : 0) - a * t + std::log(1 + k);
      g[i] = ((a >= 0 ? 1 : k) / (1 + k) - t) * each;
    }
    backward(out, d.slope, rows, 0);
    rectify(d, rows);
    backward(d, mu.slope, rows, 0);
    float* __restrict gm = mu.slope, * __restrict gs = ls.slope;
    for (std::int64_t i = begin; i < end; ++i) {
      const float by_z = gm[i], sigma = std::exp(s[i]);
      gs[i] = by_z * e[i] + each * (sigma * sigma - 1);
      gm[i] = by_z + each * m[i];
    }
    backward(mu, h.slope, rows, 0);
    backward(ls, h.slope, rows, 1);
    rectify(h, rows);
    barrier(team);
    update(h, x, thread, team);
    update(mu, h.out, thread, team);
    update(ls, h.out, thread, team);
    update(d, z_, thread, team);
    update(out, d.out, thread, team);
    return cost * each;
  }

  int batch_;
  float rate_;
  int threads_;
  DrawsOfThreads draws_;
  std::vector<Layer> layers_;
  Floats z_, noise_;
};

}  // namespace

std::unique_ptr<Contestant> persistent_machine(int visible, int hidden, int batch, int steps,
                                               float rate, int threads, DrawsOfThreads draws) {
  return std::make_unique<PersistentMachine>(visible, hidden, batch, steps, rate, threads,
                                             std::move(draws));
}
std::unique_ptr<Contestant> score_matching(int visible, int hidden, int batch, float rate,
                                           int threads, DrawsOfThreads draws) {
  return std::make_unique<ScoreMatching>(visible, hidden, batch, rate, threads, std::move(draws));
}
std::unique_ptr<Contestant> variational_autoencoder(int visible, int width, int hidden, int batch,
                                                    float rate, int threads, DrawsOfThreads draws) {
  return std::make_unique<VariationalAutoencoder>(visible, width, hidden, batch, rate, threads,
                                                  std::move(draws));
}
std::unique_ptr<Contestant> contractive_autoencoder(int visible, int hidden, int batch, float rate,
                                                    int threads) {
  return std::make_unique<ContractiveAutoencoder>(visible, hidden, batch, rate, threads);
}

}  // namespace bench::hand
