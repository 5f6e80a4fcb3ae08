#include "op_test.hpp"

#include <dsl/build.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

TEST_CASE("where: one of two numbers by a condition", "[op][where]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return where(x[0], x[1], x[2]); },
      .reference = [](auto& x) { return x[0] != 0 ? x[1] : x[2]; },
      .edges = {-1e30, -1, -0.0, 0, 1e-40, 1, op_test::inf, op_test::nan},
      .kinks = {0},
  });
}

TEST_CASE("where: NaN in the side not chosen does not reach the result", "[op][where]") {
  const op_test::Build op = [](auto& x) { return where(x[0] > 0, log(x[0]), 0); };
  const auto x = op_test::vector_of({-1, 2});
  CHECK(op_test::evaluate(op, {x}).values == op_test::Numbers{0, std::log(2.0)});
  CHECK(op_test::gradients(op, {x})[0].values == op_test::Numbers{0, 0.5});
}

namespace {

using op_test::inf, op_test::Numbers;

// Derivatives of sum(op(x)), x of so many numbers an example; and no second derivative is NaN.
void check_gradient(const char* what, const op_test::Build& op, int features, const Numbers& at,
                    const Numbers& expected) {
  INFO(what);
  const op_test::Array x{{static_cast<int>(at.size()) / features, features}, at};
  const auto first = op_test::gradients(op, {x}, op_test::Batch::yes)[0].values;
  REQUIRE(first.size() == expected.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    CAPTURE(i);
    CHECK(first[i] == Approx(expected[i]).margin(1e-12));
  }
  for (double h : op_test::second_derivative(op, {x}, op_test::Batch::yes).values)
    CHECK(!std::isnan(h));
}

}  // namespace

#define GRADIENT(e, ...)                                 \
  check_gradient(                                        \
      #e,                                                \
      [](const std::vector<ansatz::AnyExpr>& operands) { \
        const ansatz::AnyExpr& x = operands[0];          \
        return ansatz::AnyExpr((e).value());             \
      },                                                 \
      __VA_ARGS__)

TEST_CASE("where: what is not chosen reaches no derivative, whatever comes before it",
          "[op][where]") {
  using namespace ansatz;
  GRADIENT(where(x > 0, sqrt(x), 0), 1, {-1, 0, 4}, {0, 0, 0.25});
  GRADIENT(where(x > 0, x + 1, exp(exp(x * x))), 1, {1000, 1}, {1, 1});
  GRADIENT(where(x == 0, 1, sin(x) / x), 1, {0, 1}, {0, std::cos(1) - std::sin(1)});
  GRADIENT(where(x > 0, pow(x, x), 1), 1, {-4, 1, 0}, {0, 1, 0});
  GRADIENT(where(x == x, square(x), 0), 1, {op_test::nan, 2}, {0, 4});
  GRADIENT(where(abs(x) < 1, 0.5 * log((1 + x) / (1 - x)), 0), 1, {1, 0, -1}, {0, 1, 0});
  GRADIENT(where(log(x) > 0, log(x), 0), 1, {-1, 2, 0}, {0, 0.5, 0});
  const double deep = 0.25 / std::sqrt(std::log(2.0));
  GRADIENT(where(x > 0, sqrt(where(x > 1, log(x - 1), x)), -x), 1, {-1, 0.25, 3}, {-1, 1, deep});
  GRADIENT(where(x > 0, where(x > 1, 1 / (x - 1), sqrt(1 - x)), log(-x)), 1, {1, 0, 2, -2},
           {-inf, inf, -1, -0.5});
}

TEST_CASE("where: that goes through reductions, views and products", "[op][where]") {
  using namespace ansatz;
  const double a = (16. - 12) / 125, b = (9. - 12) / 125;
  GRADIENT(where(norm(x, units, keep_axes) > 0, x / norm(x, units, keep_axes), 0), 3,
           {0, 0, 0, 3, 4, 0}, {0, 0, 0, a, b, 0.2});
  GRADIENT(where(sum(square(x), units) > 0, sqrt(sum(square(x), units)), 0), 2, {0, 0, 3, 4},
           {0, 0, 0.6, 0.8});
  GRADIENT(where(sum(x, units) > 10, sum(x, units), log(sum(exp(x * x), units))), 2,
           {1000, 0, 0, 0}, {1, 1, 0, 0});
  GRADIENT(where(sum(x, units, keep_axes) > 10, x, softmax(x * exp(x))), 2, {1000, 0}, {1, 1});
  GRADIENT(where(max(x, units) > 0, max(x, units), log_sum_exp(1 / x)), 2, {0, 1}, {0, 1});
  GRADIENT(mean(where(x > 0, 1 / sqrt(x), 0), units), 2, {0, 4}, {0, -1. / 32});
  GRADIENT(where(transpose(log(x)) > 0, transpose(log(x)), 0), 2, {0, -1, 2, 4}, {0, 0, 0.5, 0.25});
  GRADIENT(where(slice(log(x), axis<0>, range<1, 3>) > 0, slice(log(x), axis<0>, range<1, 3>), 0),
           3, {2, -1, 2}, {0, 0, 0.5});
  GRADIENT(
      where(x > 0,
            concatenate(sqrt(slice(x, axis<0>, range<0, 1>)), slice(x, axis<0>, range<1, 2>)), 0),
      2, {-1, 1, 4, 2}, {0, 1, 0.25, 1});
  const auto w = broadcast_to<Matrix<2, 2>>(constant(0.5));
  check_gradient("matmul",
                 [&](const std::vector<AnyExpr>& o) {
                   const AnyExpr h(matmul(AnyExpr(sqrt(o[0]).value()), w).value());
                   return AnyExpr(where(h > 0, h, 0).value());
                 },
                 2, {-1, -1, 1, 4}, {0, 0, 0.5, 0.25});
}

TEST_CASE("where: examples left out may hold anything", "[op][where]") {
  using namespace ansatz;
  // The data of the second example are not known; neither is it asked for.
  const auto op = [](const std::vector<AnyExpr>& o) {
    const AnyExpr error(square(matmul(o[0], o[1]) - 1).value());
    return AnyExpr(where(o[2], error, 0).value());
  };
  const op_test::Array x{{2, 2}, {1, 2, op_test::nan, inf}}, known{{2}, {1, 0}};
  const auto g = op_test::gradients(op, {x, op_test::vector_of({1, 1}), known});
  CHECK(g[2].values == Numbers{0, 0});
  CHECK(g[1].values == Numbers{4, 8});
  CHECK(g[0].values == Numbers{4, 4, 0, 0});
}

TEST_CASE("where: a rule that is made of it guards in the same way", "[op][where]") {
  using namespace ansatz;
  GRADIENT(clip(exp(x), 0, 2), 1, {1000, 0}, {0, 1});
  GRADIENT(maximum(sqrt(x), 0.1), 1, {0, 4}, {0, 0.25});
  GRADIENT(minimum(1 / x, 10), 1, {0, 4}, {0, -1. / 16});
  GRADIENT(max(log(x), units), 2, {0, 2}, {0, 0.5});
}

TEST_CASE("where: of no examples none is chosen", "[op][where]") {
  using namespace ansatz;
  const auto x = input<Scalar>("x");
  const auto w = parameter<Scalar>("w");
  auto f = build(function(output("d", grad(sum(where(x > 0, sqrt(w), 0), batch), w))));
  const float one[] = {-1};
  for (int examples : {0, 1}) CHECK(f({{"x", view(one, {examples})}})["d"].scalar() == 0);
}
