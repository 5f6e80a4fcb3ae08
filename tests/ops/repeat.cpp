#include <dsl/ops/control/repeat.hpp>

#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

#include <dsl/build.hpp>
#include <dsl/compile.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

namespace {

constexpr int rows = 3, columns = 4;

std::vector<double> example_rows() {
  std::vector<double> x;
  for (int i = 0; i < rows * columns; ++i) x.push_back(0.3 * i - 1.1);
  return x;
}

std::vector<double> weights() {
  std::vector<double> w;
  for (int i = 0; i < columns * columns; ++i) w.push_back(std::sin(1.0 + i));
  return w;
}

// y <- tanh(y W) + x, `times` times.
std::vector<double> iterated(int times) {
  const std::vector<double> x = example_rows(), w = weights();
  std::vector<double> y = x;
  for (int t = 0; t < times; ++t) {
    std::vector<double> next(y.size());
    for (int i = 0; i < rows; ++i)
      for (int j = 0; j < columns; ++j) {
        double s = 0;
        for (int k = 0; k < columns; ++k)
          s += y[static_cast<std::size_t>(i * columns + k)] *
               w[static_cast<std::size_t>(k * columns + j)];
        const auto at = static_cast<std::size_t>(i * columns + j);
        next[at] = std::tanh(s) + x[at];
      }
    y = next;
  }
  return y;
}

struct Iteration {
  constexpr Function operator()() const {
    auto x = input<VectorSpace<columns>>("x");
    auto W = parameter<Matrix<columns, columns>>("W");
    auto n = scalar("n");
    auto h = repeat(
        n, [&](auto y) { return tanh(matmul(y, W)) + x; }, x);
    auto [a, b] = repeat(
        n, [](auto p, auto q) { return carry(q, p + q); }, x, 2 * x);
    auto drawn = repeat(
        n, [&](auto s) { return s + uniform_like(x); }, 0 * x);
    return function(output("h", h), output("a", a), output("b", b), output("drawn", drawn));
  }
};

template <class Program>
void check_iterations(Program& program) {
  const std::vector<double> x = example_rows(), w = weights();
  program.store().set("W", view(w.data(), {columns, columns}));
  const double fibonacci[][2] = {{1, 2}, {2, 3}, {3, 5}, {5, 8}, {8, 13}};
  for (int n = 0; n < 5; ++n) {
    auto r = program({{"x", view(x.data(), {rows, columns})}, {"n", n}});
    const std::vector<double> h = iterated(n);
    for (int i = 0; i < rows * columns; ++i) {
      const auto at = static_cast<std::size_t>(i);
      CHECK(r["h"].data()[i] == Approx(h[at]).epsilon(1e-12));
      CHECK(r["a"].data()[i] == Approx(fibonacci[n][0] * x[at]));
      CHECK(r["b"].data()[i] == Approx(fibonacci[n][1] * x[at]));
    }
  }
}

}  // namespace

TEST_CASE("repeat: the body runs as often as the scalar says, 0 included", "[op][repeat]") {
  auto compiled = compile<double>(Iteration{});
  check_iterations(compiled);
  auto built = build<double>(Iteration{}(), {.compiled_loops = false});
  check_iterations(built);
}

TEST_CASE("repeat: a count is rounded down, and a negative one is none", "[op][repeat]") {
  auto program = build<double>(Iteration{}());
  const std::vector<double> x = example_rows();
  const auto a = [&](double n) {
    return program({{"x", view(x.data(), {rows, columns})}, {"n", n}})["a"].data()[1];
  };
  CHECK(a(2.9) == Approx(3 * x[1]));
  CHECK(a(-1) == Approx(x[1]));
}

TEST_CASE("repeat: each iteration draws random numbers of its own", "[op][repeat][random]") {
  auto program = build<double>(Iteration{}());
  const std::vector<double> x = example_rows();
  double sums[4];
  for (int n = 0; n < 4; ++n) {
    program.step_count(7);
    sums[n] = program({{"x", view(x.data(), {rows, columns})}, {"n", n}})["drawn"].data()[5];
  }
  CHECK(sums[0] == 0);
  const double draws[] = {sums[1] - sums[0], sums[2] - sums[1], sums[3] - sums[2]};
  for (double u : draws) {
    CHECK(u >= 0);
    CHECK(u < 1);
  }
  CHECK(draws[0] != draws[1]);
  CHECK(draws[1] != draws[2]);
}

TEST_CASE("repeat: with a constant count it is differentiated to second order", "[op][repeat]") {
  // y_n = x^(2^n): y' = 2^n x^(2^n - 1), y'' = 2^n (2^n - 1) x^(2^n - 2)
  auto program = compile<double>([] {
    auto x = input<Scalar>("x");
    auto y = repeat(
        3, [](auto v) { return v * v; }, x);
    auto first = grad(sum(y), x);
    return function(output("first", first), output("second", grad(sum(first), x)));
  });
  const double x[] = {0.5, 1.25, -0.75};
  auto r = program({{"x", view(x, {3})}});
  for (int i = 0; i < 3; ++i) {
    CHECK(r["first"].data()[i] == Approx(8 * std::pow(x[i], 7)));
    CHECK(r["second"].data()[i] == Approx(56 * std::pow(x[i], 6)));
  }
}

TEST_CASE("repeat: a gradient through a run-time count is refused", "[op][repeat]") {
  auto x = input("x", VectorSpace(2));
  auto y = repeat(
      scalar("n"), [](auto v) { return v * v; }, x);
  CHECK_THROWS_WITH(build<double>(function(outputs(grad(sum(y), x)))),
                    Catch::Contains("constant count"));
  // What stop_gradient hides is not looked at: a chain of samples may be of any length.
  CHECK_NOTHROW(build<double>(function(outputs(grad(sum(stop_gradient(y) * x), x)))));
  auto z = repeat(
      scalar("n"), [](auto v) { return v * v; }, stop_gradient(x));
  CHECK_NOTHROW(build<double>(function(outputs(grad(sum(z * x), x)))));
  CHECK_NOTHROW(build<double>(function(outputs(grad(sum(square(y)), y)))));
}

TEST_CASE("repeat: state can be carried through a loop and kept", "[op][repeat]") {
  auto counter = state<VectorSpace<2>>("counter");
  auto next = repeat(
      scalar("n"), [](auto c) { return c + 1; }, counter);
  auto program = build<float>(function(update(counter, next)));
  program({{"n", 3}});
  program({{"n", 4}});
  CHECK(program.store().template data<float>("counter")[1] == 7);
}

TEST_CASE("repeat: labels are carried as numbers", "[op][repeat]") {
  struct Labels {
    constexpr Function operator()() const {
      auto n = scalar("n");
      auto y = input<IndexSpace<7, 3>>("y");
      auto [a, b] = repeat(
          n, [](auto u, auto v) { return carry(v, u + v); }, y, 0.5 * y);
      return function(output("same", repeat(
                                         n, [](auto v) { return v; }, y)),
                      output("doubled", repeat(
                                            n, [](auto v) { return 2 * v; }, y)),
                      output("a", a), output("b", b),
                      output("labels", repeat(
                                           n, [&](auto) { return y; }, 0 * y)));
    }
  };
  STATIC_REQUIRE(
      std::is_same_v<decltype(repeat(
                         scalar("n"), [](auto v) { return v; }, input<IndexSpace<7, 3>>("y"))),
                     Expr<Batch<VectorSpace<3>>>>);
  const int y[] = {0, 1, 6, 3, 2, 5};
  const auto check_type = [&]<class T>(T, auto program) {
    const auto r = program({{"y", view(y, {2, 3})}, {"n", 3}});
    for (int i = 0; i < 6; ++i) {
      CHECK(r["same"].data()[i] == y[i]);
      CHECK(r["labels"].data()[i] == y[i]);
      CHECK(r["doubled"].data()[i] == 8 * y[i]);
      CHECK(r["a"].data()[i] == static_cast<T>(2 * y[i]));
      CHECK(r["b"].data()[i] == static_cast<T>(3.5 * y[i]));
    }
  };
  check_type(0.f, compile(Labels{}));
  check_type(0., compile<double>(Labels{}));
  check_type(0., build<double>(Labels{}()));
}

TEST_CASE("repeat: what it cannot do is said with its shapes", "[op][repeat]") {
  using Catch::Matchers::Message;
  const auto n = scalar("n");
  const auto x = input("x", VectorSpace(3));
  const auto inner = [&](auto v) {
    return repeat(
        n, [](auto u) { return u + 1; }, v);
  };
  CHECK_THROWS_MATCHES(repeat(n, inner, x), ShapeError,
                       Message("repeat of [examples, 3]: a body may not hold another loop"));
  const AnyExpr any_x(x.value()), W(parameter("W", Matrix(3, 2)).value());
  CHECK_THROWS_MATCHES(repeat(
                           n, [&](auto v) { return matmul(v, W); }, any_x),
                       ShapeError,
                       Message("repeat of [examples, 3] and [examples, 2]: the body must return "
                               "values of the shapes it was given"));
  const auto grown = repeat(
      n, [](auto v) { return v * v; }, x);
  CHECK_THROWS_MATCHES(build(function(output("g", grad(sum(grown), x)))), ShapeError,
                       Message("repeat of [examples, 3]: a gradient needs a constant count"));
  AnyExpr leaked;
  const auto loop = repeat(
      n,
      [&](auto v) {
        leaked = AnyExpr((v * 2).value());
        return v + 1;
      },
      x);
  CHECK_THROWS_MATCHES(build(function(output("y", loop), output("z", leaked))), ShapeError,
                       Message("repeat of [examples, 3]: a value of the body is used outside it"));
  // One loop after the other, and the result of one in the body of the next, are fine.
  CHECK_NOTHROW(build(function(output("y", repeat(
                                               n, [&](auto v) { return v + grown; }, grown)))));
}
