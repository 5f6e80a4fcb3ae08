// Whatever was refused before, or is built by another thread, a build is what its function says.
#include <catch2/catch.hpp>

#include <thread>
#include <vector>

#include <dsl/build.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>
#include <dsl/parameters.hpp>

using namespace ansatz;

namespace {

const float numbers[] = {0, 1};

struct Shared {
  Expr<VectorSpace<2>> x = shared_input<VectorSpace<2>>("x");
  Expr<VectorSpace<2>> w = parameter<VectorSpace<2>>("w");
  Expr<VectorSpace<2>> y = exp(x) + w;
};

void refuse(const Shared& s, int kind) {
  const auto w3 = parameter<VectorSpace<3>>("w");
  const auto n = scalar("n");
  AnyExpr leaked;
  if (kind == 0)  // two shapes under one name, late
    build(
        function(output("t", tanh(s.x)), output("u", sin(s.x)), output("y", s.y), output("w", w3)));
  if (kind == 1)  // two new values
    build(function(update(s.w, s.y), update(s.w, s.w + 1), output("t", tanh(s.x))));
  if (kind == 2)  // a gradient that has no way
    build(
        function(output("g", grad(sum(cos(s.x)), s.w, Disconnected::error)), output("y", s.y * 2)));
  if (kind == 3) {  // a value of a body outside it
    const auto r = repeat(
        n,
        [&](auto v) {
          leaked = AnyExpr((v * 2).value());
          return v * 3;
        },
        s.y);
    build(function(output("r", r), output("leaked", leaked)));
  }
  if (kind == 4)  // another shape from the body of a loop in a loop
    repeat(
        n,
        [&](const AnyExpr& v) {
          return repeat(
              n, [&](const AnyExpr& u) { return AnyExpr(sum(u * s.y, all).value()); }, v);
        },
        AnyExpr(s.x.value()));
  if (kind == 5)  // another shape from the body
    repeat(
        n, [&](const AnyExpr& v) { return AnyExpr(sum(v * s.y, all).value()); },
        AnyExpr(s.y.value()));
  if (kind == 6)  // through a loop whose count is not known
    build(function(output("g", grad(sum(repeat(
                                        n, [](auto v) { return v * v; }, s.y)),
                                    s.x))));
  if (kind == 7)  // shapes
    matmul(AnyExpr(s.y.value()), AnyExpr(w3.value()));
}

bool is_right(const Shared& s) {
  auto p = build(
      function(output("z", s.x * 10), output("y", s.y), output("g", grad(sum(s.y * s.y), s.x))));
  auto r = p({{"x", view(numbers, {2})}});
  return r["z"].size() == 2 && r["y"].data()[0] == 1 && r["z"].data()[1] == 10 &&
         r["g"].data()[0] == 2 && parameters_of(s.y).size() == 1;
}

}  // namespace

TEST_CASE("refused builds: the next one of the same expressions is right", "[run][build]") {
  const Shared s;
  REQUIRE(is_right(s));
  for (int round = 0; round < 3; ++round)
    for (int kind = 0; kind < 8; ++kind) {
      CAPTURE(kind);
      CHECK_THROWS_AS(refuse(s, kind), Error);
      CHECK(is_right(s));
    }
}

TEST_CASE("refused builds: threads may build from the same expressions", "[run][build]") {
  const Shared s;
  std::vector<int> wrong(4);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < wrong.size(); ++t)
    threads.emplace_back([&, t] {
      for (int k = 0; k < 50; ++k) {
        try {
          refuse(s, (k + static_cast<int>(t)) % 8);
          ++wrong[t];
        } catch (const Error&) {
        }
        wrong[t] += !is_right(s);
      }
    });
  for (std::thread& t : threads) t.join();
  CHECK(wrong == std::vector<int>(4));
}

TEST_CASE("refused builds: a graph is not taken for the one that lay there before",
          "[run][build]") {
  const auto x = shared_input<VectorSpace<2>>("x");
  alignas(ir::Graph) unsigned char memory[sizeof(ir::Graph)];
  for (int k = 0; k < 3; ++k) {
    ir::Graph* g = new (memory) ir::Graph;
    for (int j = 0; j < k; ++j) g->add_literal(j + 1);
    CHECK(g->import(x.value()) == k);
    CHECK(g->size() == k + 1);
    g->~Graph();
  }
  ir::Graph g;
  g.import(x.value());
  ir::Graph moved = static_cast<ir::Graph&&>(g);
  CHECK(moved.import(x.value()) == 0);
  const ir::Graph copy = moved;
  CHECK_FALSE(copy.holds(*x.value().term()));
}

TEST_CASE("refused builds: a long chain is let go without memory of its own", "[run][build]") {
  // A destructor that needed memory could not say that there is none.
  AnyExpr y(parameter<VectorSpace<2>>("w").value());
  for (int k = 0; k < 100000; ++k) y = AnyExpr((y + 1).value());
  CHECK(y.shape() == ir::make_shape(2));
}

TEST_CASE("refused builds: build throws the sentence that compile's type holds", "[run][build]") {
  // As tests/compile_fail/one_name.cpp, whose message docs/errors.md shows.
  const auto x = input<VectorSpace<784>>("x");
  CHECK_THROWS_WITH(
      build(function(output("y", scalar("x") * x))),
      "two inputs, parameters or scalars have one name: x, of [] and [examples, 784]");
}

TEST_CASE("refused builds: two outputs of one name", "[run][build]") {
  const auto x = input<VectorSpace<4>>("x");
  const auto w = parameter<Matrix<2, 3>>("w");
  CHECK_THROWS_WITH(build(function(output("y", x), output("y", w))),
                    "two outputs have one name: y, of [examples, 4] and [2, 3]");
  CHECK_THROWS_WITH(build(function(output("y", x), output("z", w), output("y", x))),
                    "two outputs have one name: y, of [examples, 4] and [examples, 4]");
  CHECK_THROWS_WITH(build(function(outputs(x, w), outputs(w))),
                    "two outputs have one name: 0, of [examples, 4] and [2, 3] (those of `outputs` "
                    "are 0, 1, ...; `output` gives a name)");
  CHECK_NOTHROW(build(function(outputs(x), output("y", x), update(w, 2 * w))));
}

TEST_CASE("refused builds: one name for two Spaces, whatever they are of", "[run][build]") {
  const auto w = parameter<Matrix<2, 3>>("w");
  const auto longer = parameter<Matrix<2, 4>>("w");
  CHECK_THROWS_WITH(build(function(update(w, 2 * w), update(longer, 2 * longer))),
                    "two inputs, parameters or scalars have one name: w, of [2, 3] and [2, 4]");
  const auto kept = state<Matrix<2, 3>>("w");
  CHECK_THROWS_WITH(build(function(output("a", w), output("b", kept))),
                    "two inputs, parameters or scalars have one name: w, of [2, 3] and [2, 3]");
}
