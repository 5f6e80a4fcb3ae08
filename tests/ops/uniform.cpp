#include "op_test.hpp"

#include <dsl/build.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/random/uniform.hpp>

namespace {

// The pattern is zero; adding it tells the program how many examples there are.
const op_test::Build draw_uniform = [](auto& x) { return uniform_like(x[0]) + x[0]; };

}  // namespace

TEST_CASE("uniform: in [0, 1), with the moments of the distribution", "[op][uniform]") {
  bool inside = true;
  double sum = 0, squares = 0;
  const auto drawn =
      op_test::draws(draw_uniform, {op_test::zeros(1000, 33)}, {.seed = 5, .count = 3});
  for (const auto& y : drawn)
    for (double v : y.values) {
      inside = inside && v >= 0 && v < 1;
      sum += v;
      squares += v * v;
    }
  const double n = 99000;
  CHECK(inside);
  CHECK(sum / n == Approx(0.5).margin(0.005));
  CHECK(squares / n == Approx(1.0 / 3).margin(0.005));
}

TEST_CASE("uniform: two calls are two draws", "[op][uniform]") {
  const op_test::Build difference = [](auto& x) {
    return uniform_like(x[0]) - uniform_like(x[0]) + x[0];
  };
  const auto y = op_test::draws(difference, {op_test::zeros(5, 9)})[0];
  for (double v : y.values) CHECK(v != 0);
}

TEST_CASE("uniform: seed and call decide, and nothing else", "[op][uniform]") {
  const auto a = op_test::draws(draw_uniform, {op_test::zeros(4, 9)}, {.seed = 1, .count = 2});
  const auto b = op_test::draws(draw_uniform, {op_test::zeros(4, 9)}, {.seed = 1, .count = 2});
  const auto c = op_test::draws(draw_uniform, {op_test::zeros(4, 9)}, {.seed = 2, .count = 2});
  CHECK(a[0].values == b[0].values);
  CHECK(a[1].values == b[1].values);
  CHECK(a[0].values != a[1].values);
  CHECK(a[0].values != c[0].values);
}

TEST_CASE("uniform: an example's numbers do not depend on the others", "[op][uniform]") {
  const auto few = op_test::draws(draw_uniform, {op_test::zeros(3, 9)})[0].values;
  auto many = op_test::draws(draw_uniform, {op_test::zeros(50, 9)})[0].values;
  many.resize(few.size());
  CHECK(few == many);
}

TEST_CASE("uniform: has no gradient", "[op][uniform]") {
  const auto g = op_test::gradients([](auto& x) { return uniform_like(x[0]) + 2 * x[0]; },
                                    {op_test::vector_of({1, 2, 3})});
  CHECK(g[0].values == op_test::Numbers{2, 2, 2});
}

TEST_CASE("uniform: has the Space asked for, or that of its pattern", "[op][uniform]") {
  using namespace ansatz;
  using Hidden = Batch<VectorSpace<500>, chains>;
  const auto x = input<VectorSpace<7>>("x");
  const auto y = input<IndexSpace<10>>("y");
  STATIC_REQUIRE(std::is_same_v<decltype(uniform<Hidden>()), Expr<Hidden>>);
  STATIC_REQUIRE(std::is_same_v<decltype(uniform_like(x)), Expr<Batch<VectorSpace<7>>>>);
  STATIC_REQUIRE(std::is_same_v<decltype(uniform_like(y)), Expr<Batch<Scalar>>>);
}

TEST_CASE("uniform: a pattern that stands nowhere else need not be given", "[op][uniform]") {
  using namespace ansatz;
  const auto x = input<VectorSpace<3>>("x");
  const AnyExpr any_x(x.value());
  for (const AnyExpr& pattern : {any_x, any_x + 1.0}) {
    auto draws = build<double>(function(output("draws", AnyExpr(uniform_like(pattern).value()))));
    const auto y = draws({{"examples", 4}})["draws"];
    CHECK(y.shape() == Dims(4, 3));
    for (int i = 0; i < 12; ++i) CHECK((y.data()[i] >= 0 && y.data()[i] < 1));
  }
  auto known = build<double>(function(output("draws", uniform_like(x + 1.0))));
  CHECK(known({{"examples", 2}})["draws"].shape() == Dims(2, 3));
}
