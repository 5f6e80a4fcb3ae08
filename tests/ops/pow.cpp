#include "op_test.hpp"

#include <dsl/grad.hpp>
#include <dsl/ops/arithmetic/pow.hpp>
#include <dsl/ops/reduce/sum.hpp>

TEST_CASE("pow: a to the power of b", "[op][pow]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return pow(x[0], x[1]); },
      .reference = [](auto& x) { return std::pow(x[0], x[1]); },
      .domain = {{0.3, 2}, {-2, 2}},
      // Beyond, a^b log a has no derivative by b, or none that is not 0 times inf.
      .singular =
          [](auto& x) { return !(x[0] >= 0 && x[0] < op_test::inf && std::isfinite(x[1])); },
  });
}

TEST_CASE("pow: at a = 0 no derivative is NaN", "[op][pow]") {
  const op_test::Build op = [](auto& x) { return pow(x[0], x[1]); };
  const std::vector<op_test::Array> at = {op_test::vector_of({0, 0, 0, 0}),
                                          op_test::vector_of({0, 1, 2, 3})};
  const auto g = op_test::gradients(op, at);
  CHECK(g[0].values == op_test::Numbers{0, 1, 0, 0});
  CHECK(g[1].values == op_test::Numbers{0, 0, 0, 0});
  CHECK(op_test::second_derivative(op, at).values == op_test::Numbers{0, 0, 2, 0});
}

TEST_CASE("pow: at a = 0 the mixed derivative is 0 in both orders", "[op][pow]") {
  using ansatz::AnyExpr;
  for (int by : {0, 1}) {
    const op_test::Build op = [&](auto& x) {
      const auto k = static_cast<std::size_t>(by);
      return grad(sum(grad(sum(AnyExpr(pow(x[0], x[1]))), x[k])), x[1 - k]);
    };
    const auto h = op_test::evaluate(
        op, {op_test::vector_of({0, 0, 0, -0.0}), op_test::vector_of({0.5, 1, 2, 1})});
    CHECK(h.values == op_test::Numbers{0, 0, 0, 0});
  }
}

TEST_CASE("pow: derivatives of both orders are the limits at infinite bases and exponents",
          "[op][pow]") {
  using ansatz::AnyExpr;
  const double inf = op_test::inf;
  // d/da = b a^(b - 1), d/db = a^b log a, d2/da db = a^(b - 1) (1 + b log a)
  struct Limit {
    double a, b, y, by_a, by_b, by_both;
  };
  const Limit limits[] = {
      {inf, 2, inf, inf, inf, inf}, {inf, 1, inf, 1, inf, inf},
      {inf, 0.5, inf, 0, inf, 0},   {inf, 0, 1, 0, inf, 0},
      {inf, -0.5, 0, 0, 0, 0},      {inf, -2, 0, 0, 0, 0},
      {0.5, inf, 0, 0, 0, 0},       {2, inf, inf, inf, inf, inf},
      {2, -inf, 0, 0, 0, 0},        {0.5, -inf, inf, -inf, -inf, inf},
      {inf, -inf, 0, 0, 0, 0},      {0, inf, 0, 0, 0, 0},
  };
  const op_test::Build op = [](auto& x) { return pow(x[0], x[1]); };
  for (const Limit& l : limits) {
    INFO(l.a << " to the power of " << l.b);
    const std::vector<op_test::Array> at = {op_test::vector_of({l.a}), op_test::vector_of({l.b})};
    CHECK(op_test::evaluate(op, at).values == op_test::Numbers{l.y});
    const auto g = op_test::gradients(op, at);
    CHECK(g[0].values == op_test::Numbers{l.by_a});
    CHECK(g[1].values == op_test::Numbers{l.by_b});
    for (std::size_t k : {0, 1}) {
      INFO("first by operand " << k);
      const op_test::Build mixed = [&](auto& x) {
        return grad(sum(grad(sum(AnyExpr(pow(x[0], x[1]))), x[k])), x[1 - k]);
      };
      CHECK(op_test::evaluate(mixed, at).values == op_test::Numbers{l.by_both});
    }
  }
}

TEST_CASE("pow: the mixed derivative where a^b is too small for a number, in both orders",
          "[op][pow]") {
  using ansatz::AnyExpr;
  for (const double a : {1e-200, 1e-310})
    for (const double b : {2., 1.75}) {
      const double right = std::pow(a, b - 1) * (1 + b * std::log(a));
      for (std::size_t k : {0, 1}) {
        INFO(a << " to the power of " << b << ", first by operand " << k);
        const op_test::Build mixed = [&](auto& x) {
          return grad(sum(grad(sum(AnyExpr(pow(x[0], x[1]))), x[k])), x[1 - k]);
        };
        const auto found =
            op_test::evaluate(mixed, {op_test::vector_of({a}), op_test::vector_of({b})}).values[0];
        CHECK(std::abs(found / right - 1) < 2e-3);  // 1 beside b log a
      }
    }
}

TEST_CASE("pow: a number as the exponent takes negative bases", "[op][pow]") {
  const op_test::Build op = [](auto& x) { return pow(x[0], 3); };
  CHECK(op_test::evaluate(op, {op_test::vector_of({-2})}).values == op_test::Numbers{-8});
  CHECK(op_test::gradients(op, {op_test::vector_of({-2})})[0].values == op_test::Numbers{12});
}
