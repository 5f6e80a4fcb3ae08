#include <dsl/build.hpp>

#include "graph_text.hpp"

#include <cmath>

namespace pass_test::fold_products {
namespace {

const auto x = input<VectorSpace<3>>("x");
const auto d = input<VectorSpace<2>>("d");
const auto W = parameter<Matrix<3, 2>>("W");
const auto V = parameter<Matrix<2, 3>>("V");
const auto rate = scalar("rate");

template <class... Part>
ir::Graph folded(const Part&... part) {
  const ir::Graph g = ir::fold_products(ir::simplify(ir::graph_of(function(part...))));
  REQUIRE(ir::well_formed(g));
  return g;
}

}  // namespace

TEST_CASE("fold products: a step down the gradient is one product", "[pass][fold]") {
  const auto g = matmul(transpose(x), d);
  CHECK(text_of(folded(update(W, W - rate * g))) == "gemm(x', d, multiply(-1, rate), W, 1)");
  CHECK(text_of(folded(update(W, W + g))) == "gemm(x', d, 1, W, 1)");
  CHECK(text_of(folded(update(W, 0.5 * W - g))) == "gemm(x', d, -1, W, 0.5)");
}

TEST_CASE("fold products: not when somebody else needs the product", "[pass][fold]") {
  const auto g = matmul(transpose(x), d);
  const ir::Graph shown = folded(update(W, W - rate * g), output("g", g));
  CHECK(count_of<ops::Gemm>(shown) == 0);
  CHECK(count_of<ops::MatMul>(shown) == 1);
}

TEST_CASE("fold products: a sum of products is a chain", "[pass][fold]") {
  const ir::Graph g = folded(output("y", matmul(x, W) + matmul(x, transpose(V))));
  CHECK(count_of<ops::Gemm>(g) == 2);
  CHECK(count_of<ops::Add>(g) == 0);
}

TEST_CASE("fold products: tied weights get both products in place", "[pass][fold]") {
  const auto first = matmul(transpose(x), d), second = transpose(matmul(transpose(d), x));
  const ir::Graph g = folded(update(W, W - rate * (first + second)));
  CHECK(count_of<ops::Gemm>(g) == 2);
  CHECK(count_of<ops::Transpose>(g) == 0);
}

TEST_CASE("fold products: two products add to what a loop makes of the parameter", "[pass][fold]") {
  const auto first = matmul(transpose(x), d), second = transpose(matmul(transpose(d), x));
  const auto column = parameter<VectorSpace<2>>("column");
  const auto gemms = [](const auto& value) {
    return count_of<ops::Gemm>(folded(update(W, value)));
  };
  CHECK(text_of(folded(update(W, W - (first + sign(W) + second)))) ==
        "gemm(x', d, -1, gemm(x', d, -1, add(W, multiply(-1, sign(W))), 1), 1)");
  CHECK(gemms(W - rate * (column * W + first + second)) == 2);
  CHECK(gemms(W - rate * (column + first + second)) == 2);
  CHECK(gemms(W - rate * first - rate * (second + square(W))) == 2);
  // One product, no W of its own, or a result: the loop is last.
  CHECK(gemms(W - rate * (first + sign(W))) == 0);
  CHECK(gemms(sign(W) - rate * (first + second)) <= 2);
  CHECK(count_of<ops::Gemm>(folded(output("y", W + first + second + sign(W)))) <= 2);
}

namespace {

// What `value` is and what W becomes by it, on so many threads.
template <class Value>
void same_numbers(const char* what, const Value& value, int threads) {
  INFO(what << ", threads: " << threads);
  auto result = build<double>(function(output("new", value)));
  auto updated = build<double>(function(update(W, value)));
  updated.threads(threads);
  result.store().uniform("W", -1, 1, 7);
  updated.store().uniform("W", -1, 1, 7);
  std::vector<double> rows(3 * 500), others(2 * 500);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = std::sin(static_cast<double>(i));
  for (std::size_t i = 0; i < others.size(); ++i) others[i] = std::cos(2. * static_cast<double>(i));
  const Argument in[] = {{"x", view(rows.data(), {500, 3})}, {"d", view(others.data(), {500, 2})}};
  const auto wanted = result.call(in, 2);
  updated.call(in, 2);
  for (int i = 0; i < 6; ++i)
    CHECK(updated.store().template data<double>("W")[i] ==
          Approx(wanted["new"].data()[i]).epsilon(1e-12));
}

}  // namespace

TEST_CASE("fold products: what is updated in place is what a result would be", "[pass][fold]") {
  const auto first = matmul(transpose(x), d), second = transpose(matmul(transpose(d), x));
  const auto norms = sum(square(W), axis<0>);
  for (const int threads : {1, 2}) {
    same_numbers("signs", W - .1 * (first + sign(W) + second), threads);
    same_numbers("norms of W, which others read", W * norms - .1 * (first + W + second), threads);
    same_numbers("products that read W",
                 W - .1 * (first + W * norms + second + matmul(transpose(x), matmul(x, W))),
                 threads);
    same_numbers("W in all places",
                 W - .1 * (first + transpose(matmul(transpose(matmul(x, W)), x)) +
                           sum(W) * square(W) + matmul(transpose(x), matmul(x, W))),
                 threads);
  }
}

TEST_CASE("fold products: an output that is no update stays elementwise", "[pass][fold]") {
  const ir::Graph g = folded(output("y", 2 * matmul(x, W)));
  CHECK(text_of(g) == "multiply(2, matmul(x, W))");
}

TEST_CASE("fold products: not where one of them is repeated", "[pass][fold]") {
  const auto row = parameter<Matrix<1, 3>>("row");
  const auto square = parameter<Matrix<3, 2>>("square");
  const auto column = parameter<Matrix<3, 1>>("column");
  const auto one = parameter<Matrix<1, 1>>("one");
  const auto products = [](const auto&... part) {
    const ir::Graph g = folded(part...);
    CHECK(count_of<ops::Gemm>(g) == 0);
  };
  products(output("y", matmul(x, W) + matmul(row, square)));
  products(output("y", matmul(row, square) - matmul(x, W)));
  products(output("y", matmul(x, W) + 2 * matmul(x, column)));
  products(output("y", matmul(x, W) + matmul(matmul(row, column), one)));
  products(update(W, W - matmul(transpose(x), matmul(x, column))));
  products(update(W, W - matmul(row, square)));
  products(update(W, rate * W - matmul(row, column)));
  products(update(W, matmul(row, column)));
}

TEST_CASE("fold products: labels are no scale of a product", "[pass][fold]") {
  const auto k = shared_input<IndexSpace<4>>("k");
  const ir::Graph g = folded(update(W, W - k * matmul(transpose(x), d)));
  CHECK(count_of<ops::Gemm>(g) == 0);
}

TEST_CASE("fold products: what is added to a product is checked like any operand", "[pass][fold]") {
  using ops::Gemm;
  const ir::Shape n = {}, a = ir::make_shape(4, 2), b = ir::make_shape(2, 3);
  for (const auto& [c, fits] : {std::pair{ir::make_shape(4, 3), true},
                                {n, true},
                                {ir::make_shape(1, 3), false},
                                {ir::make_shape(4, 1), false},
                                {ir::make_shape(3), false},
                                {ir::make_shape(3, 4), false}}) {
    const ir::Shape in[] = {a, b, n, c, n};
    CHECK(Gemm::shape(in, 5, {}).ok() == fits);
  }
  const ir::Shape scaled[] = {a, b, ir::make_shape(1), ir::make_shape(4, 3), n};
  CHECK_FALSE(Gemm::shape(scaled, 5, {}).ok());
}

TEST_CASE("well formed: shapes, types and updates that do not follow are found", "[pass]") {
  const ir::Graph g = folded(update(W, W - rate * matmul(transpose(x), d)));
  for (int id = 0; id < g.size(); ++id) {
    if (g[id].op->kind == ir::OpKind::leaf) continue;
    ir::Graph shape = g, type = g;
    ++shape.nodes[id].shape[0];
    type.nodes[id].type = ir::DType::index;
    if (g[id].shape.rank > 0) CHECK_FALSE(ir::well_formed(shape));
    CHECK_FALSE(ir::well_formed(type));
  }
  ir::Graph wrong = g;
  for (int id = 0; id < g.size(); ++id)
    if (g[id].shape.rank == 0) wrong.roots[0].value = id;
  CHECK_FALSE(ir::well_formed(wrong));
}

}  // namespace pass_test::fold_products
