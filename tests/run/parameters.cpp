#include <dsl/build.hpp>
#include <dsl/compile.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>
#include <dsl/parameters.hpp>

#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace ansatz;

namespace {

template <class S>
std::vector<std::string> names(const Expr<S>& x) {
  std::vector<std::string> out;
  for (const AnyExpr& w : parameters_of(x)) out.emplace_back(w.value().term()->name.data());
  return out;
}

constexpr Function momentum_step() {
  auto W = parameter<Matrix<3, 2>>("W");
  auto cost = sum(square(matmul(input<VectorSpace<3>>("x"), W) + parameter<VectorSpace<2>>("b")));
  Function f = function(output("cost", cost));
  for (const AnyExpr& w : parameters_of(cost)) {
    auto v = state_like(w, "velocity");
    f.add(update(v, 0.5 * v - grad(cost, w))).add(update(w, w + v));
  }
  return f;
}

}  // namespace

TEST_CASE("parameters_of: each once, in reading order, and nothing but parameters",
          "[dsl][parameters]") {
  auto x = input<VectorSpace<3>>("x");
  auto W = parameter<Matrix<3, 3>>("W");
  auto b = parameter<VectorSpace<3>>("b");
  auto h = tanh(matmul(x, W) + b + state<VectorSpace<3>>("s"));
  auto y = matmul(h, parameter<Matrix<3, 3>>("W")) * parameter<Scalar>("a") + b;
  REQUIRE(names(y) == std::vector<std::string>{"W", "b", "a"});
  // A second look finds the same, and the terms can still be built.
  REQUIRE(names(y) == std::vector<std::string>{"W", "b", "a"});
  auto program = build(function(outputs(sum(y))));
  REQUIRE(program.store().size() == 4);
  REQUIRE(names(x).empty());
  REQUIRE(names(constant(1)).empty());
}

TEST_CASE("state_like: named after its parameter, of its shape", "[dsl][parameters]") {
  auto step = compile([] { return momentum_step(); });
  const Store store = step.store();
  REQUIRE(store.size() == 4);
  REQUIRE(store.shape("W.velocity") == Dims{3, 2});
  REQUIRE(store.kind("W.velocity") == StoreKind::state);
  REQUIRE(store.shape("b.velocity") == Dims{2});
  const auto chains_state = state<Batch<VectorSpace<4>, chains>>("h");
  auto moved = build(function(update(chains_state, state_like(chains_state, "mean"))));
  REQUIRE(moved.store().resizable("h.mean"));
  REQUIRE_THROWS_AS(state_like(chains_state + 1, "mean"), Error);
}

TEST_CASE("state_like: the velocity of a parameter moves it one call later", "[dsl][parameters]") {
  auto step = build<double>(momentum_step());
  const std::vector<double> x{1, 2, 3};
  Store store = step.store();
  store.fill("b", 1);
  step({{"x", view(x.data(), {1, 3})}});
  REQUIRE(store.data<double>("b")[0] == 1);            // + the old velocity, 0
  REQUIRE(store.data<double>("b.velocity")[0] == -2);  // d(1^2)/db
  step({{"x", view(x.data(), {1, 3})}});
  REQUIRE(store.data<double>("b")[0] == -1);
  REQUIRE(store.data<double>("b.velocity")[0] == -3);
  REQUIRE(store.data<double>("W.velocity")[4] == -9);  // -2 x_2 - 0.5 * 2 x_2
}
