#include <ansatz/base/random_state.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace ansatz {

namespace {

constexpr int words = 624, middle = 397;
constexpr std::int64_t largest_seed = 0xffffffff;

std::uint32_t checked_seed(std::int64_t seed) {
  if (seed < 0 || seed > largest_seed)
    throw ValueError(fmt::format("seed {}: allowed are 0 to {}", seed, largest_seed));
  return static_cast<std::uint32_t>(seed);
}

// Knuth's generator fills the key (The Art of Computer Programming 2, 3rd edition, page 106).
RandomState::State seeded(std::uint32_t seed) {
  RandomState::State out;
  for (std::uint32_t i = 0; i < words; ++i) {
    out.key[i] = seed;
    seed = 1812433253u * (seed ^ (seed >> 30)) + i + 1;
  }
  out.pos = words;
  return out;
}

// init_by_array of the authors' mt19937ar.c (2002).
RandomState::State seeded(const std::vector<std::int64_t>& seeds) {
  if (seeds.empty()) throw ValueError("the list of seeds is empty; at least one number is needed");
  RandomState::State out = seeded(19650218u);
  std::uint32_t* key = out.key;
  const auto mixed = [&](std::uint32_t i, std::uint32_t factor) {
    return key[i] ^ ((key[i - 1] ^ (key[i - 1] >> 30)) * factor);
  };
  std::uint32_t i = 1;
  const auto advance = [&] {
    if (++i < words) return;
    key[0] = key[words - 1];
    i = 1;
  };
  std::size_t j = 0;
  for (std::size_t k = std::max<std::size_t>(words, seeds.size()); k > 0; --k) {
    key[i] = mixed(i, 1664525u) + checked_seed(seeds[j]) + static_cast<std::uint32_t>(j);
    advance();
    if (++j == seeds.size()) j = 0;
  }
  for (int k = words - 1; k > 0; --k) {
    key[i] = mixed(i, 1566083941u) - i;
    advance();
  }
  key[0] = 0x80000000u;
  return out;
}

void check_deviation(double deviation) {
  if (!(deviation >= 0))
    throw ValueError(fmt::format("standard deviation {}: at least 0", deviation));
}

void check_range(double low, double high) {
  if (!std::isfinite(high - low))
    throw ValueError(
        fmt::format("uniform numbers from {} to {}: the range is not finite", low, high));
}

}  // namespace

RandomState::RandomState(std::int64_t seed) : state_(seeded(checked_seed(seed))) {}
RandomState::RandomState(const std::vector<std::int64_t>& seeds) : state_(seeded(seeds)) {}

void RandomState::set_state(const State& state) {
  if (state.pos < 0 || state.pos > words)
    throw ValueError(fmt::format("state of a random generator at word {}: 0 to {} are allowed",
                                 state.pos, words));
  if (!std::isfinite(state.cached_gaussian))
    throw ValueError(fmt::format("state of a random generator with the normal number {}",
                                 state.cached_gaussian));
  state_ = state;
}

void RandomState::twist() {
  std::uint32_t* key = state_.key;
  const auto step = [key](int i, int next, int other) {
    const std::uint32_t y = (key[i] & 0x80000000u) | (key[next] & 0x7fffffffu);
    key[i] = key[other] ^ (y >> 1) ^ (-(y & 1) & 0x9908b0dfu);
  };
  for (int i = 0; i < words - middle; ++i) step(i, i + 1, i + middle);
  for (int i = words - middle; i < words - 1; ++i) step(i, i + 1, i + middle - words);
  step(words - 1, 0, middle - 1);
  state_.pos = 0;
}

std::uint32_t RandomState::word() {
  if (state_.pos == words) twist();
  std::uint32_t y = state_.key[state_.pos++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

double RandomState::random_sample() {
  const std::uint32_t high = word() >> 5, low = word() >> 6;
  return (high * 67108864.0 + low) / 9007199254740992.0;
}

double RandomState::uniform(double low, double high) {
  check_range(low, high);
  return low + (high - low) * random_sample();
}

// Marsaglia, Bray 1964: a point in the unit circle gives two normal numbers.
double RandomState::randn() {
  if (state_.has_gauss) {
    state_.has_gauss = false;
    return std::exchange(state_.cached_gaussian, 0.0);
  }
  double x = 0, y = 0, r2 = 0;
  do {
    x = 2.0 * random_sample() - 1.0;
    y = 2.0 * random_sample() - 1.0;
    r2 = x * x + y * y;
  } while (r2 >= 1.0 || r2 == 0.0);
  const double factor = std::sqrt(-2.0 * std::log(r2) / r2);
  state_.cached_gaussian = factor * x;
  state_.has_gauss = true;
  return factor * y;
}

double RandomState::normal(double mean, double standard_deviation) {
  check_deviation(standard_deviation);
  return mean + standard_deviation * randn();
}

std::uint64_t RandomState::interval(std::uint64_t largest) {
  if (largest == 0) return 0;
  const std::uint64_t mask = ~std::uint64_t{0} >> std::countl_zero(largest);
  for (;;) {
    std::uint64_t value = word();
    if (largest > 0xffffffffu) value = value << 32 | word();
    if ((value & mask) <= largest) return value & mask;
  }
}

std::int64_t RandomState::randint(std::int64_t low, std::int64_t high) {
  if (low >= high)
    throw ValueError(
        fmt::format("randint({}, {}): the first must be less than the second", low, high));
  // Modulo 2^64, so that the whole range of 64 bits is right too.
  const std::uint64_t first = static_cast<std::uint64_t>(low);
  return static_cast<std::int64_t>(first + interval(static_cast<std::uint64_t>(high) - first - 1));
}

void RandomState::random_sample(std::span<double> out) {
  for (double& x : out) x = random_sample();
}

void RandomState::uniform(double low, double high, std::span<double> out) {
  check_range(low, high);
  for (double& x : out) x = low + (high - low) * random_sample();
}

void RandomState::randn(std::span<double> out) {
  for (double& x : out) x = randn();
}

void RandomState::normal(double mean, double standard_deviation, std::span<double> out) {
  check_deviation(standard_deviation);
  for (double& x : out) x = mean + standard_deviation * randn();
}

void RandomState::randint(std::int64_t low, std::int64_t high, std::span<std::int64_t> out) {
  for (std::int64_t& x : out) x = randint(low, high);
}

std::vector<std::int64_t> RandomState::permutation(std::int64_t n) {
  if (n < 0) throw ValueError(fmt::format("permutation({}): at least 0", n));
  std::vector<std::int64_t> out(static_cast<std::size_t>(n));
  std::iota(out.begin(), out.end(), std::int64_t{0});
  shuffle(out);
  return out;
}

}  // namespace ansatz
