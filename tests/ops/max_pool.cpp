#include "op_test.hpp"

#include <dsl/build.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/ops/arithmetic/abs.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/image/max_pool.hpp>
#include <dsl/ops/reduce/sum.hpp>
#include <dsl/passes/lower.hpp>

namespace {

using namespace ansatz;

template <class X, class... Option>
using Small = typename decltype(max_pool(std::declval<Expr<X>>(), Option{}...))::space;
using Valid = BorderOption<Border::valid>;

// x [n, 5, 7, 2], windows 2 x 3, of which those that begin at these rows and columns.
op_test::Array reference(const op_test::Array& x, std::vector<int> rows, std::vector<int> columns) {
  op_test::Array y{{x.dims[0], static_cast<int>(rows.size()), static_cast<int>(columns.size()), 2},
                   {}};
  for (int n = 0; n < x.dims[0]; ++n)
    for (int r : rows)
      for (int c : columns)
        for (int k = 0; k < 2; ++k) {
          double largest = -op_test::inf;
          for (int i = r; i < std::min(r + 2, 5); ++i)
            for (int j = c; j < std::min(c + 3, 7); ++j)
              largest = std::max(largest,
                                 x.values[static_cast<std::size_t>(((n * 5 + i) * 7 + j) * 2 + k)]);
          y.values.push_back(largest * largest);
        }
  return y;
}

}  // namespace

TEST_CASE("max_pool: every pixel is in a window, as in Pylearn2", "[op][max_pool]") {
  using X = Batch<Conv2DSpace<7, 6, 4>>;
  STATIC_REQUIRE(std::is_same_v<Small<X, Pool<2, 2>>, Batch<Conv2DSpace<4, 3, 4>>>);
  STATIC_REQUIRE(std::is_same_v<Small<X, Pool<2, 2>, Valid>, Batch<Conv2DSpace<3, 3, 4>>>);
  STATIC_REQUIRE(std::is_same_v<Small<X, Pool<3, 3>, Stride<2, 2>>, Batch<Conv2DSpace<3, 3, 4>>>);
  STATIC_REQUIRE(
      std::is_same_v<Small<X, Pool<3, 3>, Stride<2, 2>, Valid>, Batch<Conv2DSpace<3, 2, 4>>>);
  // A window that begins beyond the image would see nothing.
  STATIC_REQUIRE(std::is_same_v<Small<X, Pool<1, 1>, Stride<4, 4>>, Batch<Conv2DSpace<2, 2, 4>>>);
  using First = Batch<Conv2DSpace<7, 6, 4, Axes::bc01>>;
  STATIC_REQUIRE(std::is_same_v<Small<First, Pool<2, 2>>, Batch<Conv2DSpace<4, 3, 4, Axes::bc01>>>);
  STATIC_REQUIRE(std::is_same_v<Small<Batch<Conv2DSpace<any, 6, 4>>, Pool<2, 2>>,
                                Batch<Conv2DSpace<any, 3, 4>>>);
}

TEST_CASE("max_pool: a window must fit in the image", "[op][max_pool]") {
  using X = Batch<Conv2DSpace<7, 6, 4>>;
  STATIC_REQUIRE(WindowsFit<X, Pool<7, 6>>);
  STATIC_REQUIRE_FALSE(WindowsFit<X, Pool<7, 7>>);
  STATIC_REQUIRE_FALSE(WindowsFit<X, Pool<0, 1>>);
  STATIC_REQUIRE_FALSE(WindowsFit<Batch<VectorSpace<42>>, Pool<2, 2>>);
  CHECK_THROWS_AS(max_pool(input("x", Conv2DSpace(3, 3, 1)), pool<4>), ShapeError);
}

TEST_CASE("max_pool: values and derivatives", "[op][max_pool]") {
  op_test::check({
      .operands = {{.dims = {op_test::B, 5, 7, 2}, .edges = op_test::reduction_edges}},
      .op = [](auto& x) { return square(max_pool(x[0], pool<2, 3>)); },
      .reference =
          [](auto& in) {
            return reference(in[0], {0, 2, 4}, {0, 3, 6});
          },
  });
}

TEST_CASE("max_pool: values and derivatives of windows that overlap", "[op][max_pool]") {
  op_test::check({
      .operands = {{.dims = {op_test::B, 5, 7, 2}, .edges = op_test::reduction_edges}},
      .op =
          [](auto& x) {
            return square(max_pool(x[0], PoolOptions{.rows = 2,
                                                     .columns = 3,
                                                     .stride_rows = 1,
                                                     .stride_columns = 2,
                                                     .border = Border::valid}));
          },
      .reference =
          [](auto& in) {
            return reference(in[0], {0, 1, 2, 3}, {0, 2, 4});
          },
  });
}

TEST_CASE("max_pool: the first of several largest pixels gets the gradient", "[op][max_pool]") {
  const op_test::Build op = [](auto& x) { return max_pool(x[0], pool<2, 2>); };
  const op_test::Array x{{2, 4, 1}, {1, 1, 0, 2, 1, 1, 2, 2}};
  CHECK(op_test::gradients(op, {x})[0].values == op_test::Numbers{1, 0, 0, 1, 0, 0, 0, 0});
}

TEST_CASE("max_pool: bias and rectifier come after the pool", "[op][max_pool]") {
  const auto text = [](const auto& e) {
    const ir::Graph g = ir::stabilize(ir::graph_of(function(outputs(e))));
    std::string names;
    for (int id = g.roots[0].value; g[id].count; id = g.in(id, 0))
      names += g[id].op->name + std::string(" ");
    return names;
  };
  const auto x = input<Conv2DSpace<6, 8, 3>>("x");
  const auto b = parameter<VectorSpace<3>>("b");
  const auto each = parameter<Conv2DSpace<6, 8, 3>>("each");
  CHECK(text(max_pool(relu(x + b), pool<2>)) == "relu add max_pool ");
  CHECK(text(max_pool(b + relu(x), pool<2>)) == "add ");  // b is the first operand
  CHECK(text(max_pool(relu(x) + 1, pool<2>)) == "add relu max_pool ");
  // A bias that differs from pixel to pixel stays before it, and so does what a pool does not make
  // smaller.
  CHECK(text(max_pool(relu(x + each), pool<2>)) == "relu max_pool add ");
  CHECK(text(max_pool(relu(x + b), pool<2>, stride<1>)) == "max_pool relu add ");
  // With channels first a bias of three axes is one of channels, one of one axis is not.
  const auto y = input<Conv2DSpace<6, 8, 3, Axes::bc01>>("y");
  const auto c = parameter<Tensor<3, 1, 1>>("c");
  const auto columns = parameter<VectorSpace<8>>("columns");
  CHECK(text(max_pool(relu(y + c), pool<2>)) == "relu add max_pool ");
  CHECK(text(max_pool(relu(y + columns), pool<2>)) == "relu max_pool add ");
}

TEST_CASE("max_pool: a pool before bias and rectifier gives the same numbers", "[op][max_pool]") {
  const auto x = input<Conv2DSpace<7, 9, 3>>("x");
  const auto b = parameter<VectorSpace<3>>("b");
  // By `abs`, which does nothing to what is not negative, the pool does not see the rectifier.
  const auto first = max_pool(relu(x + b), pool<3, 2>, stride<2>);
  const auto after = max_pool(abs(relu(x + b)), pool<3, 2>, stride<2>);
  const auto loss = [](const auto& p) { return sum(p * p * p); };
  auto program =
      build<float>(function(outputs(first, after, grad(loss(first), x), grad(loss(after), x),
                                    grad(loss(first), b), grad(loss(after), b))));
  Store store = program.store();
  store.uniform("b", -1, 1, 1);
  std::vector<float> values(std::size_t{5} * 7 * 9 * 3);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = std::sin(static_cast<float>(i * i % 1009));
  values[17] = std::numeric_limits<float>::infinity();
  const auto r = program({{"x", view(values.data(), {5, 7, 9, 3})}});
  for (int k = 0; k < 4; k += 2) {
    const std::vector<float> a(r[k].data(), r[k].data() + r[k].size());
    const std::vector<float> c(r[k + 1].data(), r[k + 1].data() + r[k + 1].size());
    CHECK(a == c);
  }
  for (int k = 0; k < 3; ++k)
    CHECK((r[4].data()[k] == r[5].data()[k] ||
           std::abs(r[4].data()[k] - r[5].data()[k]) <= 1e-4f * std::abs(r[5].data()[k])));
}
