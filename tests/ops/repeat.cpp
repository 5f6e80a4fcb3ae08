#include <dsl/ops/control/repeat.hpp>

#include <algorithm>
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
  AnyExpr inside;
  const auto nested = repeat(
      n,
      [&](auto v) {
        const auto w = repeat(
            n,
            [&](auto u) {
              inside = AnyExpr((u * 2).value());
              return u + 1;
            },
            v);
        return w + Expr<Batch<VectorSpace<>>>(inside.value());
      },
      x);
  CHECK_THROWS_WITH(build(function(output("y", nested))),
                    Catch::Contains("a value of one loop's body is used in another's"));
  // One loop after the other, and the result of one in the body of the next, are fine.
  CHECK_NOTHROW(build(function(output("y", repeat(
                                               n, [&](auto v) { return v + grown; }, grown)))));
}

TEST_CASE("repeat: a product from before the loop is added to in every iteration", "[op][repeat]") {
  // v <- x W + v U, whose first product is the same in all of them
  auto program = build<double>(function(output("v", repeat(
                                                        scalar("n"),
                                                        [](auto v) {
                                                          auto x = input<VectorSpace<1>>("x");
                                                          auto W = parameter<Matrix<1, 1>>("W");
                                                          auto U = parameter<Matrix<1, 1>>("U");
                                                          return matmul(x, W) + matmul(v, U);
                                                        },
                                                        input<VectorSpace<1>>("x")))));
  const double x[] = {2}, W[] = {3}, U[] = {0.5};
  program.store().set("W", view(W, {1, 1}));
  program.store().set("U", view(U, {1, 1}));
  double v = 2;
  for (int n = 0; n < 6; ++n, v = 2 * 3 + v * 0.5)
    CHECK(program({{"x", view(x, {1, 1})}, {"n", n}})["v"].data()[0] == v);
}

namespace {

// y <- (v <- tanh(v W) + y, inner times from y) - x / 2, outer times.
std::vector<double> iterated_twice(int outer, int inner) {
  const std::vector<double> x = example_rows(), w = weights();
  std::vector<double> y = x;
  for (int s = 0; s < outer; ++s) {
    std::vector<double> v = y;
    for (int t = 0; t < inner; ++t) {
      std::vector<double> next = y;
      for (int i = 0; i < rows; ++i)
        for (int j = 0; j < columns; ++j) {
          double sum = 0;
          for (int k = 0; k < columns; ++k)
            sum += v[static_cast<std::size_t>(i * columns + k)] *
                   w[static_cast<std::size_t>(k * columns + j)];
          next[static_cast<std::size_t>(i * columns + j)] += std::tanh(sum);
        }
      v = next;
    }
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = v[i] - x[i] / 2;
  }
  return y;
}

struct Nested {
  constexpr Function operator()() const {
    auto x = input<VectorSpace<columns>>("x");
    auto W = parameter<Matrix<columns, columns>>("W");
    auto n = scalar("n"), m = scalar("m");
    auto y = repeat(
        n,
        [&](auto outer) {
          auto inner = repeat(
              m, [&](auto v) { return tanh(matmul(v, W)) + outer; }, outer);
          return inner - 0.5 * x;
        },
        x);
    // The count of the inner loop comes of the outer: 1 + 2 + .. + n, and three loops deep.
    auto [count, total] = repeat(
        n,
        [](auto k, auto t) {
          return carry(k + 1, repeat(
                                  k, [](auto u) { return u + 1; }, t));
        },
        constant(1), constant(0));
    auto deep = repeat(
        n,
        [&](auto a) {
          return repeat(
              m,
              [&](auto b) {
                return repeat(
                    n, [](auto c) { return c + 1; }, b);
              },
              a);
        },
        constant(0));
    return function(output("y", y), output("count", count), output("total", total),
                    output("deep", deep));
  }
};

template <class P>
void check_nested(P& program, int threads) {
  program.threads(threads);
  const std::vector<double> x = example_rows(), w = weights();
  program.store().set("W", view(w.data(), {columns, columns}));
  for (int n = 0; n < 4; ++n)
    for (int m = 0; m < 4; ++m) {
      auto r = program({{"x", view(x.data(), {rows, columns})}, {"n", n}, {"m", m}});
      const std::vector<double> y = iterated_twice(n, m);
      for (std::size_t i = 0; i < y.size(); ++i)
        CHECK(r["y"].data()[i] == Approx(y[i]).margin(1e-12));
      CHECK(r["count"].data()[0] == n + 1);
      CHECK(r["total"].data()[0] == n * (n + 1) / 2);
      CHECK(r["deep"].data()[0] == n * m * n);
    }
}

}  // namespace

TEST_CASE("repeat: in a repeat, the inner count known in the outer", "[op][repeat]") {
  auto compiled = compile<double>(Nested{});
  check_nested(compiled, 1);
  check_nested(compiled, 2);
  auto built = build<double>(Nested{}(), {.compiled_loops = false});
  check_nested(built, 1);
}

TEST_CASE("repeat: any number of values", "[op][repeat]") {
  auto program = compile<double>([] {
    auto n = scalar("n");
    auto x = input<Scalar>("x");
    auto [a, b, c, d, e] = repeat(
        n, [](auto p, auto q, auto r, auto s, auto t) { return carry(q, r, s, t, p + t); }, x,
        2 * x, 3 * x, 4 * x, 5 * x);
    auto [f, g, h, i] = repeat(
        3, [](auto p, auto q, auto r, auto s) { return carry(q, r, s, p * s); }, x, x, x, x);
    return function(output("a", a), output("b", b), output("c", c), output("d", d), output("e", e),
                    output("slope", grad(sum(f + g + h + i), x)));
  });
  const double x[] = {1, -0.5};
  for (int n = 0; n < 8; ++n) {
    auto r = program({{"x", view(x, {2})}, {"n", n}});
    double v[5] = {1, 2, 3, 4, 5};
    for (int k = 0; k < n; ++k) {
      const double last = v[0] + v[4];
      for (int j = 0; j < 4; ++j) v[j] = v[j + 1];
      v[4] = last;
    }
    const char* names[] = {"a", "b", "c", "d", "e"};
    for (int i = 0; i < 2; ++i) {
      for (int j = 0; j < 5; ++j) CHECK(r[names[j]].data()[i] == Approx(v[j] * x[i]));
      // x + x^2 + x^3 + x^4
      CHECK(r["slope"].data()[i] ==
            Approx(1 + 2 * x[i] + 3 * x[i] * x[i] + 4 * x[i] * x[i] * x[i]));
    }
  }
}

TEST_CASE("repeat: in a repeat with constant counts it is differentiated to second order",
          "[op][repeat]") {
  // y = x^(2^6)
  auto program = compile<double>([] {
    auto x = input<Scalar>("x");
    auto y = repeat(
        2,
        [](auto u) {
          return repeat(
              3, [](auto v) { return v * v; }, u);
        },
        x);
    auto first = grad(sum(y), x);
    return function(output("first", first), output("second", grad(sum(first), x)));
  });
  const double x[] = {0.9, 1.05, -0.97};
  auto r = program({{"x", view(x, {3})}});
  for (int i = 0; i < 3; ++i) {
    CHECK(r["first"].data()[i] == Approx(64 * std::pow(x[i], 63)));
    CHECK(r["second"].data()[i] == Approx(64 * 63 * std::pow(x[i], 62)));
  }
}

TEST_CASE("repeat: an inner loop draws anew in every iteration of both", "[op][repeat][random]") {
  // The inner loop depends on nothing of the outer but stands in its body.
  struct Draws {
    constexpr Function operator()() const {
      auto x = input<VectorSpace<2>>("x");
      auto n = scalar("n"), m = scalar("m");
      auto total = repeat(
          n,
          [&](auto t) {
            auto inner = repeat(
                m, [&](auto s) { return s + uniform_like(x); }, 0 * x);
            return t + inner + 1000 * uniform_like(x);
          },
          0 * x);
      return function(output("total", total));
    }
  };
  auto built = build<double>(Draws{}(), {.compiled_loops = false});
  auto compiled = compile<double>(Draws{});
  const double x[] = {0, 0};
  const auto total = [&](auto& program, int n, int m) {
    program.step_count(3);
    return program({{"x", view(x, {1, 2})}, {"n", n}, {"m", m}})["total"].data()[1];
  };
  // What iteration after iteration adds: of the inner loop alone, then of the outer.
  std::vector<double> inner, outer;
  for (int m = 1; m <= 6; ++m) inner.push_back(total(built, 1, m) - total(built, 1, m - 1));
  for (int n = 1; n <= 6; ++n) outer.push_back(total(built, n, 0) - total(built, n - 1, 0));
  for (const auto& draws : {inner, outer})
    for (std::size_t i = 0; i < draws.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) CHECK(draws[i] != Approx(draws[j]).epsilon(1e-6));
  // With three iterations each, the inner ones are the first nine of its site.
  double nine = 0, three = 0;
  for (int m = 1; m <= 9; ++m) nine += total(built, 1, m) - total(built, 1, m - 1);
  for (int n = 0; n < 3; ++n) three += outer[static_cast<std::size_t>(n)];
  CHECK(total(built, 3, 3) == Approx(nine + three).epsilon(1e-9));
  CHECK(total(built, 3, 3) == total(compiled, 3, 3));
}

namespace {

// A machine of two layers of hidden units: mean field of both given the visible units, then these
// drawn given the first, again and again; u holds the numbers to draw with.
constexpr int visible = 5, first = 4, second = 3, chain = 6;

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

struct Chain {
  std::vector<double> v, one, two;
  void step(const std::vector<double>& W, const std::vector<double>& V,
            const std::vector<double>& u, int t, int settle) {
    const auto at = [](int i) { return static_cast<std::size_t>(i); };
    for (int s = 0; s < settle; ++s) {
      std::vector<double> h(at(first)), g(at(second));
      for (int j = 0; j < first; ++j) {
        double z = 0;
        for (int i = 0; i < visible; ++i) z += v[at(i)] * W[at(i * first + j)];
        for (int k = 0; k < second; ++k) z += two[at(k)] * V[at(j * second + k)];
        h[at(j)] = logistic(z);
      }
      for (int k = 0; k < second; ++k) {
        double z = 0;
        for (int j = 0; j < first; ++j) z += h[at(j)] * V[at(j * second + k)];
        g[at(k)] = logistic(z);
      }
      one = h, two = g;
    }
    for (int i = 0; i < visible; ++i) {
      double z = 0;
      for (int j = 0; j < first; ++j) z += one[at(j)] * W[at(i * first + j)];
      v[at(i)] = u[at(t * visible + i)] < logistic(z);
    }
  }
};

struct MeanFieldInGibbs {
  constexpr Function operator()() const {
    auto W = parameter<Matrix<visible, first>>("W");
    auto V = parameter<Matrix<first, second>>("V");
    auto u = parameter<Matrix<chain, visible>>("u");
    auto v0 = state<Matrix<1, visible>>("v");
    auto [t, v, one, two] = repeat(
        scalar("steps"),
        [&](auto k, auto x, auto h, auto g) {
          auto [mean_one, mean_two] = repeat(
              scalar("settle"),
              [&](auto, auto b) {
                auto a = sigmoid(matmul(x, W) + matmul(b, transpose(V)));
                return carry(a, sigmoid(matmul(a, V)));
              },
              h, g);
          auto draw = sum(u * reshape<Matrix<chain, 1>>(arange<chain>() == k), axis<0>, keep_axes);
          return carry(k + 1, draw < sigmoid(matmul(mean_one, transpose(W))), mean_one, mean_two);
        },
        constant(0), v0, zeros<Matrix<1, first>>(), zeros<Matrix<1, second>>());
    return function(update(v0, v), output("t", t), output("one", one), output("two", two));
  }
};

template <class P>
void check_chain(P program) {
  std::vector<double> W, V, u;
  for (int i = 0; i < visible * first; ++i) W.push_back(2 * std::sin(1.7 * i + 1));
  for (int i = 0; i < first * second; ++i) V.push_back(2 * std::cos(2.3 * i));
  for (int i = 0; i < chain * visible; ++i) u.push_back(0.5 + 0.49 * std::sin(5.1 * i));
  Chain c{{1, 0, 0, 1, 1}, std::vector<double>(first), std::vector<double>(second)};
  Store store = program.store();
  store.set("W", view(W.data(), {visible, first}));
  store.set("V", view(V.data(), {first, second}));
  store.set("u", view(u.data(), {chain, visible}));
  store.set("v", view(c.v.data(), {1, visible}));
  for (int call = 0; call < 3; ++call) {  // the state goes on from call to call
    std::fill(c.one.begin(), c.one.end(), 0);
    std::fill(c.two.begin(), c.two.end(), 0);
    for (int t = 0; t < 4; ++t) c.step(W, V, u, t, 7);
    auto r = program({{"steps", 4}, {"settle", 7}});
    CHECK(r["t"].data()[0] == 4);
    for (std::size_t j = 0; j < c.one.size(); ++j)
      CHECK(r["one"].data()[j] == Approx(c.one[j]).epsilon(1e-12));
    for (std::size_t k = 0; k < c.two.size(); ++k)
      CHECK(r["two"].data()[k] == Approx(c.two[k]).epsilon(1e-12));
    const double* v = store.data<double>("v");
    for (std::size_t i = 0; i < c.v.size(); ++i) CHECK(v[i] == c.v[i]);
  }
}

}  // namespace

TEST_CASE("repeat: mean field inside Gibbs sampling, as a program of its own has it",
          "[op][repeat]") {
  check_chain(compile<double>(MeanFieldInGibbs{}));
  check_chain(build<double>(MeanFieldInGibbs{}()));
}
