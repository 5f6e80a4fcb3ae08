#include "hand.hpp"

namespace bench::hand {

namespace {

class Xorshift : public Draws {
 public:
  explicit Xorshift(std::uint32_t seed) {
    for (int k = 0; k < lanes; ++k) {
      seed = seed * 1664525u + 1013904223u;
      state_[k] = seed | 1;
    }
  }
  void start(long) override {}
  void fill(int, std::int64_t, float* __restrict out, std::int64_t n) override {
    std::int64_t i = 0;
    for (; i + lanes <= n; i += lanes)
      for (int k = 0; k < lanes; ++k) out[i + k] = next(k);
    if (i == n) return;
    float rest[lanes];
    for (int k = 0; k < lanes; ++k) rest[k] = next(k);
    for (int k = 0; i + k < n; ++k) out[i + k] = rest[k];
  }
  // Pairs of uniform numbers as radius and angle (Box and Muller 1958).
  void fill_normal(int, std::int64_t, float* __restrict out, std::int64_t n) override {
    for (std::int64_t i = 0; i < n; i += 2 * lanes) {
      float radius[lanes], angle[lanes];
      for (int k = 0; k < lanes; ++k) radius[k] = 1 - next(k);
      for (int k = 0; k < lanes; ++k) angle[k] = 6.2831853f * next(k);
      for (int k = 0; k < lanes; ++k) radius[k] = std::sqrt(-2 * std::log(radius[k]));
      for (int k = 0; k < lanes && i + k < n; ++k) out[i + k] = radius[k] * std::cos(angle[k]);
      for (int k = 0; k < lanes && i + lanes + k < n; ++k)
        out[i + lanes + k] = radius[k] * std::sin(angle[k]);
    }
  }

 private:
  float next(int k) {
    std::uint32_t s = state_[k];
    s ^= s << 13;
    s ^= s >> 17;
    s ^= s << 5;
    state_[k] = s;
    return static_cast<float>(static_cast<std::int32_t>(s * 0x9E3779BBu >> 8)) * 0x1p-24f;
  }

  static constexpr int lanes = 64;
  alignas(64) std::uint32_t state_[lanes];
};

}  // namespace

DrawsOfThreads xorshift(int threads) {
  DrawsOfThreads all;
  for (int t = 0; t < threads; ++t) all.push_back(std::make_unique<Xorshift>(t + 1));
  return all;
}

}  // namespace bench::hand
