// Arguments that the function as written takes, and the program does without.
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include <catch2/catch.hpp>

#include <dsl/build.hpp>
#include <dsl/compile.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/explain.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;
using Catch::Matchers::Contains;
using Catch::Matchers::Message;

namespace {

// The gradient of a linear cost is w in every row; x says only how many.
constexpr auto linear_gradient = [] {
  const auto x = input<VectorSpace<3>>("x");
  const auto w = parameter<VectorSpace<3>>("w");
  return function(output("g", grad(sum(x * w), x)));
};

void check_rows(Program<float>& program) {
  program.store().fill("w", 2);
  const std::array<float, 6> x = {1, 2, 3, 4, 5, 6};
  for (int rows : {2, 1, 0, 2}) {
    const auto r = program({{"x", view(x.data(), {rows, 3})}});
    REQUIRE(r["g"].shape() == Dims(rows, 3));
    for (int k = 0; k < 3 * rows; ++k) CHECK(r["g"].data()[k] == 2);
  }
}

}  // namespace

TEST_CASE("arguments: one that passes do without is taken, compiled and built",
          "[run][arguments]") {
  auto built = build(linear_gradient());
  auto compiled = compile(linear_gradient);
  check_rows(built);
  check_rows(compiled);
}

TEST_CASE("arguments: one that is not used is looked at, and may be left out", "[run][arguments]") {
  const auto x = input<VectorSpace<3>>("x");
  const std::array<float, 6> rows = {1, 2, 3, 4, 5, 6};
  // The gradient of a sum reads nothing.
  auto alone = build(function(output("one", grad(sum(x), x))));
  CHECK(alone({{"examples", 2}})["one"].size() == 6);
  CHECK(alone({{"x", view(rows.data(), {1, 3})}})["one"].size() == 3);
  CHECK(alone({{"x", view(rows.data(), {2, 3})}, {"examples", 2}})["one"].size() == 6);
  CHECK_THROWS_AS(alone({{"x", view(rows.data(), {2, 3})}, {"examples", 1}}), ShapeError);
  CHECK_THROWS_MATCHES(alone({{"x", view(rows.data(), {3, 2})}}), ShapeError,
                       Message("input 'x' has the shape [3, 2]; allowed: [examples, 3]"));
  CHECK_THROWS_WITH(alone({{"z", 1}}), Contains("unknown argument 'z'; allowed: x, examples"));
  CHECK_THROWS_WITH(alone({}), Contains("no input has the dimension 'examples'"));
  alone.check(true);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::array<float, 3> bad = {nan, nan, nan};
  CHECK(alone({{"x", view(bad.data(), {1, 3})}})["one"].data()[2] == 1);
  CHECK(alone({{"examples", 1}})["one"].data()[2] == 1);
  CHECK_THAT(explain(alone), Contains("not used"));
}

TEST_CASE("arguments: a number that is not used", "[run][arguments]") {
  const auto x = input<VectorSpace<2>>("x");
  const auto rate = scalar("rate", 0.5);
  auto program = build(function(output("g", grad(sum(x * x) + sum(AnyExpr(rate)), AnyExpr(x)))));
  const std::array<float, 2> row = {1, 2};
  CHECK(program({{"x", view(row.data(), {1, 2})}, {"rate", 2}})["g"].data()[1] == 4);
  CHECK(program({{"x", view(row.data(), {1, 2})}})["g"].data()[1] == 4);
  program.set("rate", 3);
  CHECK(program.get("rate") == 3);
}

TEST_CASE("arguments: what was moved from is refused", "[run][arguments]") {
  auto program = build(linear_gradient());
  auto other = std::move(program);
  CHECK_THROWS_MATCHES(program({{"examples", 1}}), Error,
                       Message("the program was moved to another object: call that"));
  CHECK_THROWS_AS(program.store(), Error);
  CHECK_THROWS_AS(program.check(true), Error);
  const std::array<float, 3> row = {1, 2, 3};
  CHECK(other({{"x", view(row.data(), {1, 3})}})["g"].size() == 3);
  AnyExpr x(input<Scalar>("x").value());
  const AnyExpr y = std::move(x);
  CHECK_THROWS_WITH(build(function(output("y", x + 1))), Contains("moved to another"));
  CHECK_THROWS_WITH(build(function(output("y", x))), Contains("moved to another"));
  const std::array<float, 1> one = {1};
  CHECK(build(function(output("y", y + 1)))({{"x", one}})["y"].data()[0] == 2);
}
