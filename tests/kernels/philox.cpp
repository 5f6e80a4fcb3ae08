#include <catch2/catch.hpp>
#include <cmath>
#include <dsl/kernels/philox.hpp>
#include <set>
#include <vector>

using ansatz::ir::RandomKey;
using ansatz::kernels::fill_normal;
using ansatz::kernels::fill_uniform;
using ansatz::kernels::philox4x32;

namespace {

const RandomKey some_key{0x0123456789abcdefull, 5, 2};

template <class T>
void fill(bool normal, const RandomKey& k, int site, std::int64_t position, T* out, long n) {
  normal ? fill_normal(k, site, position, out, n) : fill_uniform(k, site, position, out, n);
}

template <class T>
std::vector<T> numbers(bool normal, std::int64_t position, long n, const RandomKey& k = some_key,
                       int site = 3) {
  std::vector<T> x(n);
  fill(normal, k, site, position, x.data(), n);
  return x;
}

/// The words of the block of a float's position.
std::uint32_t word(std::int64_t e) {
  const std::uint32_t counter[4] = {static_cast<std::uint32_t>(e / 64 * 16 + e % 16), 5, 2, 3};
  const std::uint32_t seed[2] = {0x89abcdef, 0x01234567};
  std::uint32_t out[4];
  philox4x32(counter, seed, out);
  return out[e / 16 % 4];
}

}  // namespace

TEST_CASE("philox: the published vectors", "[kernels][philox]") {
  // Random123's kat_vectors, philox4x32 with 10 rounds.
  const std::uint32_t f = 0xffffffff;
  const std::uint32_t counters[3][4] = {
      {0, 0, 0, 0}, {f, f, f, f}, {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}};
  const std::uint32_t keys[3][2] = {{0, 0}, {f, f}, {0xa4093822, 0x299f31d0}};
  const std::uint32_t wanted[3][4] = {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
                                      {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
                                      {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}};
  for (int i = 0; i < 3; ++i) {
    std::uint32_t out[4];
    philox4x32(counters[i], keys[i], out);
    for (int w = 0; w < 4; ++w) CHECK(out[w] == wanted[i][w]);
  }
}

TEST_CASE("philox: uniform numbers are the generator's words", "[kernels][philox]") {
  const std::vector<float> x = numbers<float>(false, 0, 300);
  const std::vector<double> y = numbers<double>(false, 0, 300);
  for (int e = 0; e < 300; ++e) {
    CHECK(x[e] == static_cast<float>(word(e) >> 8) * 0x1p-24f);
    // double e's words lie at 16 (e / 16 * 2) and the next sixteen.
    const std::int64_t low = e / 16 * 32 + e % 16;
    const std::uint64_t both = word(low) | static_cast<std::uint64_t>(word(low + 16)) << 32;
    CHECK(y[e] == static_cast<double>(both >> 11) * 0x1p-53);
  }
}

TEST_CASE("philox: normal numbers are by Box and Muller from two words", "[kernels][philox]") {
  const std::vector<float> x = numbers<float>(true, 0, 256);
  const std::vector<double> y = numbers<double>(true, 0, 128);
  const double turn = 2 * std::acos(-1.0);
  for (int e = 0; e < 256; ++e) {
    const int first = e / 32 * 32 + e % 16;
    const double u = ((word(first) >> 1) + 0.5) * 0x1p-31, t = word(first + 16) * 0x1p-32;
    const double angle = e / 16 % 2 ? std::sin(turn * t) : std::cos(turn * t);
    CHECK(x[e] == Approx(std::sqrt(-2 * std::log(u)) * angle).epsilon(2e-6).margin(2e-6));
  }
  for (int e = 0; e < 128; ++e) {
    const int first = e / 32 * 64 + e % 16;
    const auto wide = [&](int at) {
      return word(at) | static_cast<std::uint64_t>(word(at + 16)) << 32;
    };
    const double u = (static_cast<double>(wide(first) >> 11) + 0.5) * 0x1p-53;
    const double t = static_cast<double>(wide(first + 32)) * 0x1p-64;
    const double angle = e / 16 % 2 ? std::sin(turn * t) : std::cos(turn * t);
    CHECK(y[e] == Approx(std::sqrt(-2 * std::log(u)) * angle).epsilon(1e-14).margin(1e-14));
  }
}

TEMPLATE_TEST_CASE("philox: a number depends on its position, not on where filling began",
                   "[kernels][philox]", float, double) {
  for (bool normal : {false, true}) {
    // Around 2^36 the counter's upper half changes.
    for (std::int64_t origin : {std::int64_t(0), (std::int64_t(1) << 36) - 200}) {
      const std::vector<TestType> all = numbers<TestType>(normal, origin, 600);
      for (long start : {0, 1, 15, 16, 63, 64, 100, 191, 199, 200, 201, 255}) {
        for (long n : {0, 1, 2, 17, 64, 65, 128, 129, 300}) {
          const auto part = numbers<TestType>(normal, origin + start, n);
          CHECK(std::equal(part.begin(), part.end(), all.begin() + start));
        }
      }
    }
  }
}

TEST_CASE("philox: seed, step, iteration, site and position all count", "[kernels][philox]") {
  std::set<double> seen;
  int streams = 0;
  const auto add = [&](RandomKey k, int site, std::int64_t position) {
    for (double x : numbers<double>(false, position, 4, k, site)) seen.insert(x);
    ++streams;
  };
  add(some_key, 3, 0);
  add({some_key.seed + 1, 5, 2}, 3, 0);
  add({some_key.seed ^ (1ull << 40), 5, 2}, 3, 0);
  add({some_key.seed, 6, 2}, 3, 0);
  add({some_key.seed, 5 + (1ull << 32), 2}, 3, 0);
  add({some_key.seed, 5, 3}, 3, 0);
  add(some_key, 4, 0);
  add(some_key, 3, 4);
  add(some_key, 3, std::int64_t(1) << 37);
  CHECK(seen.size() == 4u * streams);
}

TEMPLATE_TEST_CASE("philox: moments and tails are those of the distributions", "[kernels][philox]",
                   float, double) {
  const long n = 1 << 20;
  double sum = 0, square = 0, low = 1, high = 0;
  for (TestType x : numbers<TestType>(false, 12345, n)) {
    const double u = static_cast<double>(x);
    sum += u, square += u * u, low = std::min(low, u), high = std::max(high, u);
  }
  CHECK(sum / n == Approx(0.5).margin(0.0015));
  CHECK(square / n == Approx(1.0 / 3).margin(0.0015));
  CHECK(low >= 0);
  CHECK(low < 1e-5);
  CHECK(high < 1);
  CHECK(high > 1 - 1e-5);

  double first = 0, second = 0, third = 0, fourth = 0;
  long beyond[5] = {};
  for (TestType x : numbers<TestType>(true, 12345, n)) {
    const double z = static_cast<double>(x);
    first += z, second += z * z, third += z * z * z, fourth += z * z * z * z;
    for (int s = 1; s < 5; ++s) beyond[s] += std::fabs(z) > s;
  }
  CHECK(first / n == Approx(0).margin(0.005));
  CHECK(second / n == Approx(1).margin(0.007));
  CHECK(third / n == Approx(0).margin(0.02));
  CHECK(fourth / n == Approx(3).margin(0.05));
  for (int s = 1; s < 5; ++s) {
    const double expected = n * std::erfc(s / std::sqrt(2.0));
    CHECK(std::fabs(beyond[s] - expected) < 5 * std::sqrt(expected));
  }
}
