#include <algorithm>
#include <cmath>
#include <ctime>
#include <string>
#include <tuple>
#include <vector>

#include <catch2/catch.hpp>

#include <dsl/build.hpp>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>
#include <dsl/passes/lower.hpp>

namespace {

using namespace ansatz;

Function chain(int ops) {
  const auto x = input("x", VectorSpace(7));
  AnyExpr h(x.value());
  for (int i = 0; i < ops; i += 2) h = tanh(h) + x;
  return function(output("h", h), output("g", grad(sum(sum(h, units)), x)));
}

TEST_CASE("clusters: a long chain becomes several loops, none of them long", "[passes][cluster]") {
  const ir::Plan plan = ir::lower(chain(1000));
  for (const ir::Loop& loop : plan.loops) CHECK(loop.instrs <= 4 * ir::Clusters::largest);
  CHECK(plan.steps.size() >= 2000 / ir::Clusters::largest);
  CHECK(plan.steps.size() <= 4 * 2000 / ir::Clusters::largest);
}

TEST_CASE("clusters: a long chain in several loops has the values of its formula",
          "[passes][cluster]") {
  std::vector<double> x(3 * 7);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 0.1 * double(i) - 1;
  auto f = build<double>(chain(400));
  const auto r = f({{"x", view(x.data(), {3, 7})}});
  for (std::size_t i = 0; i < x.size(); ++i) {
    double h = x[i], slope = 1;
    for (int k = 0; k < 200; ++k) {
      const double t = std::tanh(h);
      slope = slope * (1 - t * t) + 1;
      h = t + x[i];
    }
    CHECK(r["h"].data()[i] == Approx(h).epsilon(1e-12));
    CHECK(r["g"].data()[i] == Approx(slope).epsilon(1e-9));
  }
}

constexpr auto long_chain = [] {
  const auto x = input<VectorSpace<37>>("x"), w = input<VectorSpace<37>>("w");
  AnyExpr h = x;
  for (int i = 0; i < 60; ++i) h = tanh(h) * w + x;
  return function(output("h", h), output("g", grad(sum(sum(h, units)), x)),
                  output("s", sum(h, batch)), output("m", max(h, units)));
};

// Exponentials are kept and read back in the second pass over a row, beside other rows.
constexpr auto passes_over_rows = [] {
  const auto x = input<VectorSpace<37>>("x"), w = input<VectorSpace<37>>("w");
  const auto e = exp(x - max(x, units, keep_axes));
  return function(output("e", e), output("y", e / sum(e, units, keep_axes) * w),
                  output("z", e * w + x));
};

template <class Compiled>
void check_bits(Compiled compiled, const Function& f, int examples) {
  std::vector<float> x(static_cast<std::size_t>(37 * examples)), w(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<float>(i % 11) * 0.2f - 1;
    w[i] = static_cast<float>(i % 7) * 0.3f - 1;
  }
  auto built = build(f);
  const auto a =
      compiled({{"x", view(x.data(), {examples, 37})}, {"w", view(w.data(), {examples, 37})}});
  const auto b =
      built({{"x", view(x.data(), {examples, 37})}, {"w", view(w.data(), {examples, 37})}});
  for (const ir::NamedOutput& o : f.outputs) {
    INFO(o.name.data());
    const auto p = a[o.name.data()], q = b[o.name.data()];
    REQUIRE(p.size() == q.size());
    CHECK(std::equal(p.data(), p.data() + p.size(), q.data()));
  }
  if (f.outputs[0].name[0] != 'e') return;
  for (int r = 0; r < examples; ++r) {
    const float* const row = x.data() + 37 * r;
    const double most = *std::max_element(row, row + 37);
    double sum = 0;
    for (int c = 0; c < 37; ++c) sum += std::exp(row[c] - most);
    for (int c = 0; c < 37; ++c)
      CHECK(a["y"].data()[37 * r + c] ==
            Approx(std::exp(row[c] - most) / sum * w[static_cast<std::size_t>(37 * r + c)]));
  }
}

TEST_CASE("loops: a long one that is compiled has the interpreter's bits, to the end of a row",
          "[passes][cluster]") {
  for (const int examples : {1, 5}) check_bits(compile(long_chain), long_chain(), examples);
}

TEST_CASE("loops: values that are read back stand beside others of their kind",
          "[passes][cluster]") {
  for (const int examples : {1, 5})
    check_bits(compile(passes_over_rows), passes_over_rows(), examples);
}

// Labels beside numbers, and new values over the old ones.
constexpr auto in_place = [] {
  const auto y = input<IndexSpace<9, 5>>("y");
  const auto w = parameter<VectorSpace<5>>("w");
  const auto c = parameter<VectorSpace<19>>("c");
  AnyExpr h = w * y, d = c;
  for (int i = 0; i < 20; ++i) h = tanh(h) * w + y;
  for (int i = 0; i < 20; ++i) d = tanh(d) * 0.5 + c;
  return function(output("h", h), output("s", sum(h, batch)), update(c, d));
};

template <class T>
void check_in_place() {
  const int labels[] = {0, 8, 3, 5, 1, 2, 7, 4, 6, 8, 0, 0, 1, 5, 3};
  auto compiled = compile<T>(in_place);
  auto built = build<T>(in_place());
  for (int step = 0; step < 2; ++step) {
    for (auto store : {compiled.store(), built.store()})
      for (int i = 0; step == 0 && i < 19; ++i) {
        if (i < 5) store.template data<T>("w")[i] = T(0.3) * T(i) - T(0.7);
        store.template data<T>("c")[i] = T(0.1) * T(i) - 1;
      }
    const auto a = compiled({{"y", view(labels, {3, 5})}});
    const auto b = built({{"y", view(labels, {3, 5})}});
    CHECK(std::equal(a["h"].data(), a["h"].data() + 15, b["h"].data()));
    CHECK(std::equal(a["s"].data(), a["s"].data() + 5, b["s"].data()));
    const T *c = compiled.store().template data<T>("c"),
            *other = built.store().template data<T>("c");
    CHECK(std::equal(c, c + 19, other));
    double d = 0.1 * 18 - 1, first = d;
    for (int i = 0; i < 20; ++i) d = std::tanh(d) * 0.5 + first;
    if (step == 0) CHECK(double(c[18]) == Approx(d).epsilon(1e-5));
  }
}

TEST_CASE("loops: a long one reads labels and writes in place, to the end of a row",
          "[passes][cluster]") {
  check_in_place<float>();
  check_in_place<double>();
}

// The largest of n pieces of a product, and its gradient: of the slices only their starts differ.
Function pieces(int n) {
  const AnyExpr x = input<VectorSpace<3>>("x");
  const AnyExpr W = parameter("W", Matrix(3, 2 * n));
  const AnyExpr z = matmul(x, W);
  AnyExpr h = slice(z, axis<0>, 0, n + 1, n);
  for (int i = 1; i < n; ++i) h = maximum(slice(z, axis<0>, i, n + i + 1, n), h);
  return function(output("h", h), update(W, W - 0.1 * grad(mean(sum(h)), W)));
}

// n layers, each with parameters of its own.
Function layers(int n) {
  AnyExpr h = input<VectorSpace<3>>("x");
  Function f;
  std::vector<AnyExpr> all;
  for (int i = 0; i < n; ++i) {
    const std::string number = std::to_string(i);
    all.push_back(parameter<Matrix<3, 3>>(("W" + number).c_str()));
    all.push_back(parameter<VectorSpace<3>>(("b" + number).c_str()));
    h = relu(matmul(h, all[all.size() - 2]) + all.back());
  }
  const AnyExpr cost = mean(sum(h));
  for (const AnyExpr& w : all) f.add(update(w, w - 0.1 * grad(cost, w)));
  return f;
}

// n steps of the same layer, each with noise of its own: the gradient is a sum of n products.
Function unrolled(int n) {
  const AnyExpr x = input<VectorSpace<3>>("x");
  const AnyExpr W = parameter<Matrix<3, 3>>("W");
  AnyExpr h = x;
  for (int i = 0; i < n; ++i) h = tanh(matmul(h, W) + .1 * normal_like(h) + x);
  const AnyExpr cost = mean(sum(h));
  return function(output("cost", cost), update(W, W - 0.1 * grad(cost, W)));
}

double seconds(Function (*make)(int), int n) {
  double least = 1e9;
  for (int trial = 0; trial < 3; ++trial) {
    const std::clock_t begin = std::clock();  // of this process: others may be busy
    CHECK(ir::lower(make(n)).steps.size() > 0);
    least = std::min(least, double(std::clock() - begin) / CLOCKS_PER_SEC);
  }
  return least;
}

TEST_CASE("lower: eight times the graph takes about eight times as long", "[passes][lower]") {
  for (const auto& [name, make, n] :
       {std::tuple{"pieces", &pieces, 500}, std::tuple{"layers", &layers, 250},
        std::tuple{"chain", &chain, 1000}, std::tuple{"unrolled", &unrolled, 400}}) {
    const double few = seconds(make, n), many = seconds(make, 8 * n);
    INFO(name << ": " << few << " s and " << many << " s");
    CHECK(many < 24 * few);  // 64 where it grows with the square
  }
}

}  // namespace
