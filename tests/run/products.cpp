// Sums of products of every pair of shapes that broadcast, and updates by them, against plain
// loops.
#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

#include <dsl/build.hpp>
#include <dsl/compile.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

namespace {

struct Table {
  int rows = 0, columns = 0;
  std::vector<double> values;
  double at(int i, int j) const {
    return values[static_cast<std::size_t>((rows == 1 ? 0 : i) * columns + (columns == 1 ? 0 : j))];
  }
};

Table random_table(int rows, int columns, unsigned& seed) {
  Table t{rows, columns, {}};
  for (int k = 0; k < rows * columns; ++k)
    t.values.push_back(static_cast<int>((seed = seed * 1664525 + 1013904223) >> 24) / 16.0 - 8);
  return t;
}

Table product(const Table& a, const Table& b) {
  Table y{a.rows, b.columns, {}};
  for (int i = 0; i < a.rows; ++i)
    for (int j = 0; j < b.columns; ++j) {
      double sum = 0;
      for (int k = 0; k < a.columns; ++k) sum += a.at(i, k) * b.at(k, j);
      y.values.push_back(sum);
    }
  return y;
}

/// a x + b y + c z, repeated to rows x columns.
Table sum_of(double a, const Table& x, double b, const Table& y, int rows, int columns) {
  Table s{rows, columns, {}};
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < columns; ++j) s.values.push_back(a * x.at(i, j) + b * y.at(i, j));
  return s;
}

void check_same(const double* found, const Table& expected) {
  for (std::size_t i = 0; i < expected.values.size(); ++i)
    CHECK(found[i] == Approx(expected.values[i]).margin(1e-12));
}

constexpr int R = 5, C = 3, inner = 2;

AnyExpr matrix(const char* name, int rows, int columns) {
  return AnyExpr(parameter(name, Matrix(rows, columns)).value());
}

void give(Store store, const char* name, const Table& t) {
  store.set(name, t.values.data(), {t.rows, t.columns});
}

}  // namespace

TEST_CASE("products: sums of two that broadcast, in every pair of shapes", "[run][products]") {
  unsigned seed = 1;
  const int shapes[][2] = {{R, C}, {R, 1}, {1, C}, {1, 1}};
  for (const auto& p : shapes)
    for (const auto& q : shapes)
      for (const bool turned : {false, true}) {
        const int rows = std::max(p[0], q[0]), columns = std::max(p[1], q[1]);
        const Table a = random_table(p[0], inner, seed), b = random_table(inner, p[1], seed);
        const Table c = random_table(q[0], inner, seed), d = random_table(inner, q[1], seed);
        const AnyExpr A = matrix("A", p[0], inner), B = matrix("B", inner, p[1]);
        const AnyExpr E = matrix("E", turned ? inner : q[0], turned ? q[0] : inner);
        const AnyExpr F = matrix("F", turned ? q[1] : inner, turned ? inner : q[1]);
        const AnyExpr second = turned ? AnyExpr(transpose(matmul(F, E))) : matmul(E, F);
        auto program = build<double>(function(output("y", 2 * matmul(A, B) - second)));
        Table et = c, ft = d;
        if (turned) {
          et = {c.columns, c.rows, {}};
          for (int k = 0; k < c.columns; ++k)
            for (int i = 0; i < c.rows; ++i) et.values.push_back(c.at(i, k));
          ft = {d.columns, d.rows, {}};
          for (int j = 0; j < d.columns; ++j)
            for (int k = 0; k < d.rows; ++k) ft.values.push_back(d.at(k, j));
        }
        const Store store = program.store();
        give(store, "A", a), give(store, "B", b), give(store, "E", et), give(store, "F", ft);
        const auto y = program()["y"];
        CAPTURE(p[0], p[1], q[0], q[1], turned);
        REQUIRE(y.shape() == Dims{rows, columns});
        check_same(y.data(), sum_of(2, product(a, b), -1, product(c, d), rows, columns));
      }
}

TEST_CASE("products: an update by one that is repeated changes every element", "[run][products]") {
  unsigned seed = 2;
  const int shapes[][2] = {{R, C}, {R, 1}, {1, C}, {1, 1}};
  for (const auto& q : shapes)
    for (const auto& p : shapes) {
      const Table w = random_table(R, C, seed);
      const Table a = random_table(q[0], inner, seed), b = random_table(inner, q[1], seed);
      const Table c = random_table(p[0], inner, seed), d = random_table(inner, p[1], seed);
      const auto W = parameter("W", Matrix(R, C));
      const AnyExpr change = matmul(matrix("A", q[0], inner), matrix("B", inner, q[1]));
      const AnyExpr other = matmul(matrix("E", p[0], inner), matrix("F", inner, p[1]));
      auto step = build<double>(function(update(W, 0.5 * W - 3 * change + other)));
      const Store store = step.store();
      give(store, "W", w), give(store, "A", a), give(store, "B", b);
      give(store, "E", c), give(store, "F", d);
      step();
      CAPTURE(q[0], q[1], p[0], p[1]);
      const Table sum = sum_of(0.5, w, -3, product(a, b), R, C);
      check_same(store.data<double>("W"), sum_of(1, sum, 1, product(c, d), R, C));
    }
}

TEST_CASE("products: a batch and a row, compiled and built, for many examples", "[run][products]") {
  struct Recurrent {
    constexpr Function operator()() const {
      auto x = input<VectorSpace<2>>("x");
      auto W = parameter<Matrix<2, 3>>("W"), U = parameter<Matrix<2, 3>>("U");
      auto h = parameter<Matrix<1, 2>>("h");
      return function(output("a", matmul(x, W) + matmul(h, U)),
                      output("b", matmul(h, U) - matmul(x, W)));
    }
  };
  auto compiled = compile<double>(Recurrent{});
  auto built = build<double>(Recurrent{}());
  built.bind(compiled.store());
  unsigned seed = 3;
  const Table w = random_table(2, 3, seed), u = random_table(2, 3, seed);
  const Table h = random_table(1, 2, seed);
  give(compiled.store(), "W", w), give(compiled.store(), "U", u), give(compiled.store(), "h", h);
  for (const int n : {1, 4, 4000}) {
    const Table x = random_table(n, 2, seed);
    const auto a = compiled({{"x", view(x.values.data(), {n, 2})}});
    const auto b = built({{"x", view(x.values.data(), {n, 2})}});
    for (const auto& r : {a, b}) {
      REQUIRE(r["a"].shape() == Dims{n, 3});
      check_same(r["a"].data(), sum_of(1, product(x, w), 1, product(h, u), n, 3));
      check_same(r["b"].data(), sum_of(-1, product(x, w), 1, product(h, u), n, 3));
    }
  }
}

TEST_CASE("products: of labels, which are numbers there", "[run][products]") {
  struct Labels {
    constexpr Function operator()() const {
      auto y = input<IndexSpace<5, 3>>("y");
      auto k = shared_input<IndexSpace<4>>("k");
      auto W = parameter<Matrix<3, 2>>("W");
      auto V = parameter<Matrix<2, 2>>("V");
      return function(output("r", matmul(y, W)), output("times one", matmul(1 * y, W)),
                      output("same", y * 1 + 0),
                      output("outer", matmul(transpose(AnyExpr(y.value())), AnyExpr(y.value()))),
                      output("exp", exp(k) * V), output("scaled", V - k * matmul(V, V)));
    }
  };
  const std::int64_t y[] = {0, 1, 4, 3, 0, 2};
  const auto check_type = [&]<class T>(T, auto program) {
    const T w[] = {1, 2, 3, 4, 5, 6}, v[] = {1, 2, 3, 4};
    program.store().set("W", w, {3, 2});
    program.store().set("V", v, {2, 2});
    const auto r = program({{"y", view(y, {2, 3})}, {"k", 3}});
    const T product[] = {23, 28, 13, 18};
    const T outer[] = {9, 0, 6, 0, 1, 4, 6, 4, 20};
    for (int i = 0; i < 4; ++i) {
      CHECK(r["r"].data()[i] == product[i]);
      CHECK(r["times one"].data()[i] == product[i]);
      CHECK(r["exp"].data()[i] == Approx(std::exp(3.0) * v[i]));
    }
    for (int i = 0; i < 6; ++i) CHECK(r["same"].data()[i] == static_cast<T>(y[i]));
    for (int i = 0; i < 9; ++i) CHECK(r["outer"].data()[i] == outer[i]);
    const T square[] = {7, 10, 15, 22};
    for (int i = 0; i < 4; ++i) CHECK(r["scaled"].data()[i] == v[i] - 3 * square[i]);
  };
  check_type(0.f, compile(Labels{}));
  check_type(0.f, build(Labels{}()));
  check_type(0., build<double>(Labels{}()));
}

TEST_CASE("products: 0 times NaN is NaN, whichever scale is 0", "[run][products]") {
  for (const int n : {2, 7, 70}) {
    CAPTURE(n);
    auto W = parameter("W", Matrix(n, n)), u = parameter("u", Matrix(n, n));
    auto step = build<float>(function(
        update(W, scalar("b") * W - scalar("a") * matmul(u, parameter("v", Matrix(n, n))))));
    Store s = step.store();
    const auto first = [&](double a, double b, const char* nan) {
      for (const char* name : {"W", "u", "v"}) s.fill(name, 1);
      if (nan) s.data<float>(nan)[0] = NAN;
      step({{"a", a}, {"b", b}});
      return s.data<float>("W");
    };
    CHECK(std::isnan(first(0, 1, "u")[0]));
    CHECK(std::isnan(first(1, 0, "W")[0]));
    CHECK(first(1, 0, "W")[1] == -static_cast<float>(n));
    CHECK(first(1, 0, nullptr)[0] == -static_cast<float>(n));
    CHECK(first(0, 0, nullptr)[0] == 0);
    CHECK(first(2, 3, nullptr)[0] == 3 - 2 * static_cast<float>(n));
  }
}
