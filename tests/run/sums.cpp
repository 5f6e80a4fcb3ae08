// Sums over many examples: as accurate as sums over few, and the same in loops that are compiled
// and interpreted.
#include <dsl/build.hpp>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

#include <cmath>

#include <catch2/catch.hpp>

using namespace ansatz;

namespace {

constexpr long examples_of_test = 200'003;

// Sums over the examples, and over examples and pixels; in the second, of a batch norm by hand.
constexpr Function sums() {
  auto x = input<Tensor<2, 2, 3>>("x");
  auto b = parameter<VectorSpace<3>>("b");
  auto flat = flatten(x);
  return function(output("batch", sum(flat, batch)), output("mean", mean(flat, batch)),
                  output("bias", grad(sum(x + b), b)), output("all", sum(x)),
                  output("row", sum(transpose(flat), axis<-1>)),
                  output("product", grad(sum(matmul(flat, parameter<Matrix<12, 2>>("W"))),
                                         parameter<Matrix<12, 2>>("W"))));
}
constexpr Function deviations() {
  auto x = input<VectorSpace<5>>("x");
  auto centred = x - mean(x, batch);
  return function(output("variance", mean(square(centred), batch)));
}

std::vector<float> constants(long n, float x) { return std::vector<float>(std::size_t(n), x); }

template <class P>
double largest_error(P& program, const char* name, const std::vector<float>& x, double expected) {
  auto r = program({{"x", view(x.data(), {long(x.size()) / 12, 2, 2, 3})}});
  double worst = 0;
  for (long i = 0; i < r[name].size(); ++i)
    worst = std::max(worst, std::abs(double(r[name].data()[i]) / expected - 1));
  return worst;
}

}  // namespace

TEST_CASE("sums: their error does not grow with the number of examples", "[run][sums]") {
  auto program = build<float>(sums());
  for (float each : {0.1f, 1 / 3.f, 0.7f}) {
    for (long n : {33L, 1000L, examples_of_test}) {
      CAPTURE(each, n);
      const std::vector<float> x = constants(12 * n, each);
      const double one = double(each), count = double(n);
      CHECK(largest_error(program, "batch", x, count * one) < 1e-6);
      CHECK(largest_error(program, "mean", x, one) < 1e-6);
      CHECK(largest_error(program, "bias", x, 4 * count) < 1e-6);
      CHECK(largest_error(program, "all", x, 12 * count * one) < 1e-6);
      CHECK(largest_error(program, "row", x, count * one) < 2e-6);
      CHECK(largest_error(program, "product", x, count * one) < 3e-5);
    }
  }
}

TEST_CASE("sums: batch norm by hand, against double", "[run][sums]") {
  auto single = build<float>(deviations());
  auto exact = build<double>(deviations());
  std::vector<float> x(5 * 50'000);
  std::uint32_t state = 1;
  for (float& each : x) {
    state = state * 1664525u + 1013904223u;
    each = 3 + float(state >> 8) / float(1 << 24);
  }
  const std::vector<double> same(x.begin(), x.end());
  const auto a = single({{"x", view(x.data(), {50'000, 5})}});
  const auto b = exact({{"x", view(same.data(), {50'000, 5})}});
  for (long i = 0; i < 5; ++i)
    CHECK(double(a["variance"].data()[i]) == Approx(b["variance"].data()[i]).epsilon(5e-7));
}

TEST_CASE("sums: compiled, built and interpreted loops add in one order", "[run][sums]") {
  auto compiled = compile([] { return sums(); });
  auto interpreted = build<float>(sums(), {.compiled_loops = false});
  for (long n : {1L, 31L, 32L, 33L, 64L, 1000L, 70'001L}) {
    std::vector<float> x(std::size_t(12 * n));
    std::uint32_t state = std::uint32_t(n);
    for (float& each : x) {
      state = state * 1664525u + 1013904223u;
      each = float(state >> 8) / float(1 << 24) - 0.3f;
    }
    for (int threads : {1, 2}) {
      compiled.threads(threads), interpreted.threads(threads);
      auto a = compiled({{"x", view(x.data(), {n, 2, 2, 3})}});
      auto b = interpreted({{"x", view(x.data(), {n, 2, 2, 3})}});
      for (const char* name : {"batch", "mean", "bias", "all", "row", "product"})
        for (long i = 0; i < a[name].size(); ++i) CHECK(a[name].data()[i] == b[name].data()[i]);
    }
  }
}

TEST_CASE("sums: many examples for one row of an embedding", "[run][sums]") {
  auto w = parameter<Matrix<4, 3>>("W");
  auto labels = input<IndexSpace<4>>("y");
  auto p = build<float>(function(output("g", grad(sum(take_rows(w, labels) * 0.1), w))));
  std::vector<std::int32_t> y(300'000, 2);
  y[0] = 1;
  const auto r = p({{"y", view(y.data(), {long(y.size())})}});
  for (int j = 0; j < 3; ++j) {
    CHECK(r["g"].data()[3 + j] == 0.1f);
    CHECK(double(r["g"].data()[6 + j]) == Approx(0.1 * 299'999).epsilon(1e-6));
    CHECK(r["g"].data()[j] == 0);
  }
}

TEST_CASE("sums: many images for one kernel", "[run][sums]") {
  auto x = input<Conv2DSpace<4, 4, 1>>("x");
  auto w = parameter<Tensor<3, 3, 1, 2>>("w");
  auto p = build<float>(function(output("g", grad(sum(convolve(x, w)), w))));
  const long n = 40'000;
  const std::vector<float> images = constants(16 * n, 0.1f);
  const auto r = p({{"x", view(images.data(), {n, 4, 4, 1})}});
  for (long i = 0; i < r["g"].size(); ++i)
    CHECK(double(r["g"].data()[i]) == Approx(0.1 * 4 * double(n)).epsilon(5e-6));
}
