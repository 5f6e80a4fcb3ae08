#include "op_test.hpp"

#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/random/bernoulli.hpp>

namespace {

op_test::Array probabilities(double p, int n) {
  return {{n, 10}, op_test::Numbers(static_cast<std::size_t>(n * 10), p)};
}

double mean_of(const op_test::Array& y) {
  double sum = 0;
  for (double v : y.values) sum += v;
  return sum / static_cast<double>(y.values.size());
}

const op_test::Build draw_bernoulli = [](auto& p) { return bernoulli(p[0]); };

}  // namespace

TEST_CASE("bernoulli: 1 as often as its probability says, else 0", "[op][bernoulli]") {
  for (double p : {0.1, 0.5, 0.8}) {
    const auto y = op_test::draws(draw_bernoulli, {probabilities(p, 2000)})[0];
    CHECK(mean_of(y) == Approx(p).margin(0.02));
    for (double v : y.values)
      if (v != 0 && v != 1) FAIL_CHECK(v);
  }
}

TEST_CASE("bernoulli: probabilities 0 and 1 are certain", "[op][bernoulli]") {
  CHECK(mean_of(op_test::draws(draw_bernoulli, {probabilities(0, 2000)})[0]) == 0);
  CHECK(mean_of(op_test::draws(draw_bernoulli, {probabilities(1, 2000)})[0]) == 1);
}

TEST_CASE("bernoulli: one probability for all, in the shape of a pattern", "[op][bernoulli]") {
  const op_test::Build op = [](auto& x) { return bernoulli_like(x[0], 0.25) + 0 * x[0]; };
  const auto y = op_test::draws(op, {probabilities(7, 2000)})[0];
  CHECK(y.dims == op_test::Dimensions{2000, 10});
  CHECK(mean_of(y) == Approx(0.25).margin(0.02));
}

TEST_CASE("bernoulli: gradients do not see the probability", "[op][bernoulli]") {
  const auto p = op_test::vector_of({0.2, 0.5});
  const auto g = op_test::gradients([](auto& x) { return bernoulli(x[0]) + x[0]; }, {p});
  CHECK(g[0].values == op_test::Numbers{1, 1});
}

TEST_CASE("bernoulli: a draw has the Space of its probability", "[op][bernoulli]") {
  using namespace ansatz;
  const auto p = input<VectorSpace<7>>("p");
  STATIC_REQUIRE(std::is_same_v<decltype(bernoulli(p)), Expr<Batch<VectorSpace<7>>>>);
  STATIC_REQUIRE(std::is_same_v<decltype(bernoulli_like(p, 0.5)), Expr<Batch<VectorSpace<7>>>>);
}
