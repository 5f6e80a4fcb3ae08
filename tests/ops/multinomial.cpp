#include "op_test.hpp"

#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/random/multinomial.hpp>

namespace {

constexpr int rows = 20000;

// The same unnormalised probabilities in every row.
op_test::Array weights(const op_test::Numbers& p) {
  op_test::Array x{{rows, static_cast<int>(p.size())}, {}};
  for (int i = 0; i < rows; ++i) x.values.insert(x.values.end(), p.begin(), p.end());
  return x;
}

const op_test::Build draw_multinomial = [](auto& p) { return multinomial(p[0]); };

}  // namespace

TEST_CASE("multinomial: a single 1 in each row, as often as its probability says",
          "[op][multinomial]") {
  const op_test::Numbers p = {1, 0, 4, 2, 3};
  const auto y = op_test::draws(draw_multinomial, {weights(p)}, {.seed = 3})[0];
  op_test::Numbers often(5, 0.0);
  for (std::size_t row = 0; row < y.values.size(); row += 5) {
    double ones = 0;
    for (std::size_t k = 0; k < 5; ++k) {
      if (y.values[row + k] != 0 && y.values[row + k] != 1) FAIL_CHECK(y.values[row + k]);
      ones += y.values[row + k];
      often[k] += y.values[row + k] / rows;
    }
    if (ones != 1) FAIL_CHECK(ones);
  }
  for (std::size_t k = 0; k < 5; ++k) CHECK(often[k] == Approx(p[k] / 10).margin(0.017));
  CHECK(often[1] == 0);
}

TEST_CASE("multinomial: a certain class is always drawn", "[op][multinomial]") {
  const auto y = op_test::draws(draw_multinomial, {weights({0, 0, 1e-30})})[0];
  for (std::size_t row = 0; row < y.values.size(); row += 3)
    if (y.values[row + 2] != 1) FAIL_CHECK(row / 3);
}

TEST_CASE("multinomial: consecutive calls draw anew", "[op][multinomial]") {
  const auto y = op_test::draws(draw_multinomial, {weights({1, 1, 1, 1})}, {.count = 2});
  CHECK(y[0].values != y[1].values);
}

TEST_CASE("multinomial: gradients do not see the probabilities", "[op][multinomial]") {
  const op_test::Array p{{2, 2}, {0.5, 0.5, 0.1, 0.9}};
  const auto g = op_test::gradients([](auto& x) { return multinomial(x[0]) + x[0]; }, {p});
  CHECK(g[0].values == op_test::Numbers{1, 1, 1, 1});
}

TEST_CASE("multinomial: a draw has the Space of its probabilities", "[op][multinomial]") {
  using namespace ansatz;
  const auto p = input<VectorSpace<10>>("p");
  STATIC_REQUIRE(std::is_same_v<decltype(multinomial(p)), Expr<Batch<VectorSpace<10>>>>);
}
