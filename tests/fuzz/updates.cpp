#include <catch2/catch.hpp>

#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

#include "compare.hpp"
#include "made.hpp"

namespace {

using namespace ansatz;

/// Two calls in a row change the store as the graph says, in one precision or the other.
void check(const Function& f) {
  const ir::Graph g = fuzz::plain_graph(f);
  const auto compare = [&](auto program, double tolerance) {
    fuzz::Environment e = fuzz::environment_of(g, 5, 4, 1);
    for (int call = 0; call < 2; ++call) {
      CAPTURE(call);
      const fuzz::Outcome expected = fuzz::outcome_of(g, e);
      const auto d = fuzz::difference(fuzz::outcome_of(program, e), expected, tolerance);
      INFO((d ? *d : ""));
      CHECK(!d);
      for (auto& [name, leaf] : e.leaves)
        if (const auto it = expected.find("after/" + name); it != expected.end()) leaf = it->second;
    }
  };
  compare(build<double>(f, {.compiled_loops = false}), 1e-12);
  compare(build<float>(f, {.compiled_loops = false}), 1e-5);
}

const auto A = parameter<Matrix<4, 4>>("A");
const auto B = parameter<Matrix<4, 4>>("B");
const auto C = parameter<Matrix<4, 4>>("C");
const auto x = input<VectorSpace<4>>("x");
const auto y = input<VectorSpace<4>>("y");

}  // namespace

TEST_CASE("updates: two parameters are exchanged", "[fuzz][update]") {
  check(function(update(A, B), update(B, A)));
  check(function(update(A, 2 * B), update(B, 3 * A)));
}

TEST_CASE("updates: three parameters go round in a circle", "[fuzz][update]") {
  check(function(update(A, B), update(B, C), update(C, A)));
  check(function(update(A, B + 1), update(B, tanh(C)), update(C, matmul(A, B))));
}

TEST_CASE("updates: each reads the old values of the others", "[fuzz][update]") {
  check(function(update(A, A + B), update(B, A - B)));
  check(function(update(A, A + 1), update(B, A), output("sum", sum(A))));
  check(function(update(A, matmul(A, B)), update(B, matmul(B, A))));
  check(function(update(A, A * sum(B)), update(B, B * sum(A))));
}

TEST_CASE("updates: a product is added in place, and others read the old value", "[fuzz][update]") {
  const auto step = matmul(transpose(x), y);
  check(function(update(A, A - 0.1 * step)));
  check(function(update(A, A - 0.1 * step), output("old", matmul(x, A))));
  check(function(update(A, A - 0.1 * step), update(B, A + B)));
  check(function(update(A, 0.9 * A + 0.1 * step - 0.2 * matmul(B, C))));
}

TEST_CASE("updates: several products are added in place around a reader", "[fuzz][update]") {
  const auto h = tanh(matmul(x, A));
  const auto r = tanh(matmul(h, transpose(A)));
  const auto cost = mean(sum(square(r - y), units));
  check(function(update(A, A - 0.1 * grad(cost, A)), output("cost", cost)));
  check(function(update(A, A - 0.1 * matmul(B, C) + 0.2 * matmul(C, A))));
  check(function(update(A, A - matmul(A, B) - matmul(B, A))));
}

TEST_CASE("updates: one value goes to two parameters", "[fuzz][update]") {
  const auto next = tanh(A + B);
  check(function(update(A, next), update(B, next)));
  check(function(update(A, next), update(B, next), update(C, next), output("next", next)));
  check(function(update(A, C), update(B, C)));
  check(function(update(A, C), update(B, C), update(C, C + 1)));
}

TEST_CASE("updates: the new value is a view of another parameter", "[fuzz][update]") {
  const auto wide = parameter<Matrix<4, 9>>("wide");
  check(function(update(A, transpose(B))));
  check(function(update(A, transpose(A))));
  check(function(update(A, transpose(B)), update(B, transpose(A))));
  check(function(update(A, slice(wide, axis<1>, range<2, 6>)), update(wide, wide * 2)));
  check(function(update(A, slice(wide, axis<1>, range<0, 8, 2>) - transpose(A))));
  const auto second = reshape<VectorSpace<4>>(slice(A, axis<0>, range<1, 2>));
  const auto row = parameter<VectorSpace<4>>("row");
  check(function(update(row, second), update(A, A + row)));
}

TEST_CASE("updates: a value smaller than its target is repeated", "[fuzz][update]") {
  const auto row = parameter<VectorSpace<4>>("row");
  check(function(update(A, row)));
  check(function(update(A, 0.5), update(row, sum(A, axis<0>))));
  check(function(update(A, A + row), update(row, sum(A, axis<0>))));
}

TEST_CASE("updates: a value computed from the new one", "[fuzz][update]") {
  const auto next = A - 0.1 * B;
  const auto norm = sqrt(sum(square(next), axis<0>));
  check(function(update(A, next * minimum(norm, 0.5) / maximum(norm, 1e-7)), update(B, 0.9 * B)));
  check(function(update(A, next), output("norm", norm), output("next", next)));
}

TEST_CASE("stores: programs that share one see each other's updates", "[fuzz][update]") {
  auto forward = build<double>(function(output("y", matmul(x, A) + B * 0)));
  auto change = build<double>(function(update(A, A + 1), update(B, B * 2)));
  auto other = build<float>(function(output("sum", sum(A))));
  Store store;
  forward.bind(store);
  change.bind(store);
  store.fill("A", 0.5);
  store.fill("B", 3);
  const double in[] = {1, 2, 3, 4};
  const auto first = [&] { return forward({{"x", view(in, {1, 4})}})["y"].data()[0]; };
  CHECK(first() == 5);
  change();
  change();
  CHECK(first() == 25);
  CHECK(store.data<double>("B")[7] == 12);
  CHECK(store.size() == 2);
  CHECK_THROWS(other.bind(store));
  Store apart = store.clone();
  forward.bind(apart);
  change();
  CHECK(first() == 25);
  CHECK(store.data<double>("A")[0] == 3.5);
}
