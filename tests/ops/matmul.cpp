#include "op_test.hpp"

#include <utility>

#include <dsl/build.hpp>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

namespace {

using op_test::Array;
using op_test::B;

Array transposed(const Array& a) {
  Array t{{a.dims[1], a.dims[0]}, {}};
  for (int j = 0; j < a.dims[1]; ++j)
    for (int i = 0; i < a.dims[0]; ++i)
      t.values.push_back(a.values[static_cast<std::size_t>(i * a.dims[1] + j)]);
  return t;
}

Array product(const Array& a, const Array& b) {
  const int m = a.dims[0], inner = a.dims[1], n = b.dims[1];
  Array y{{m, n}, {}};
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      double sum = 0;
      for (int k = 0; k < inner; ++k)
        sum += a.values[static_cast<std::size_t>(i * inner + k)] *
               b.values[static_cast<std::size_t>(k * n + j)];
      y.values.push_back(sum);
    }
  return y;
}

ansatz::AnyExpr transposed(const ansatz::AnyExpr& a) {
  ansatz::ir::Attr order;
  order.i[0] = 1;
  const auto* op = ansatz::ir::info_of<ansatz::ops::Transpose>;
  return ansatz::AnyExpr(ansatz::ir::make(op, order, a.value()));
}

void check(const op_test::Dimensions& a, const op_test::Dimensions& b, bool transpose_a,
           bool transpose_b) {
  // Infinities of one sign: the gradients are sums of elements.
  const op_test::Numbers edges = {0, -0.0, 1e-40, -1e-40, 1, -2, 3, op_test::inf};
  op_test::check({
      .operands = {{.dims = a, .edges = edges}, {.dims = b, .edges = edges}},
      .op =
          [=](auto& x) {
            ansatz::AnyExpr left = x[0], right = x[1];
            if (transpose_a) left = transposed(left);
            if (transpose_b) right = transposed(right);
            return matmul(left, right);
          },
      .reference =
          [=](auto& x) {
            return product(transpose_a ? transposed(x[0]) : x[0],
                           transpose_b ? transposed(x[1]) : x[1]);
          },
  });
}

// [.., m, k] by [k, n], and [.., m, k] by [.., k, n], as numpy.matmul.
Array product_of_stacks(const Array& a, const Array& b) {
  const std::size_t rank = a.dims.size();
  const int m = a.dims[rank - 2], inner = a.dims[rank - 1], n = b.dims.back();
  int stack = 1;
  Array y{a.dims, {}};
  y.dims.back() = n;
  for (std::size_t d = 0; d + 2 < rank; ++d) stack *= a.dims[d];
  for (int s = 0; s < stack; ++s)
    for (int i = 0; i < m; ++i)
      for (int j = 0; j < n; ++j) {
        double sum = 0;
        for (int k = 0; k < inner; ++k)
          sum +=
              a.values[static_cast<std::size_t>((s * m + i) * inner + k)] *
              b.values[static_cast<std::size_t>(((b.dims.size() > 2 ? s * inner : 0) + k) * n + j)];
        y.values.push_back(sum);
      }
  return y;
}

// The last two of `rank` axes change places.
ansatz::AnyExpr swapped(const ansatz::AnyExpr& a) {
  const int rank = a.shape().rank;
  ansatz::ir::Attr order;
  for (int d = 0; d < rank; ++d) order.i[d] = d;
  std::swap(order.i[rank - 2], order.i[rank - 1]);
  const auto* op = ansatz::ir::info_of<ansatz::ops::Transpose>;
  return ansatz::AnyExpr(ansatz::ir::make(op, order, a.value()));
}
Array swapped(const Array& a) {
  const auto rank = a.dims.size();
  const int rows = a.dims[rank - 2], columns = a.dims[rank - 1];
  Array t = a;
  std::swap(t.dims[rank - 2], t.dims[rank - 1]);
  const int size = rows * columns;
  for (int at = 0; at < static_cast<int>(a.values.size()); at += size)
    for (int i = 0; i < rows; ++i)
      for (int j = 0; j < columns; ++j)
        t.values[static_cast<std::size_t>(at + j * rows + i)] =
            a.values[static_cast<std::size_t>(at + i * columns + j)];
  return t;
}

void check_stacks(const op_test::Dimensions& a, const op_test::Dimensions& b,
                  bool transpose_a = false, bool transpose_b = false) {
  const op_test::Numbers edges = {0, -0.0, 1e-40, -1e-40, 1, -2, 3, op_test::inf};
  op_test::check({
      .operands = {{.dims = a, .edges = edges}, {.dims = b, .edges = edges}},
      .op =
          [=](auto& x) {
            return matmul(transpose_a ? swapped(x[0]) : x[0], transpose_b ? swapped(x[1]) : x[1]);
          },
      .reference =
          [=](auto& x) {
            return product_of_stacks(transpose_a ? swapped(x[0]) : x[0],
                                     transpose_b ? swapped(x[1]) : x[1]);
          },
  });
}

}  // namespace

TEST_CASE("matmul: of matrices, either of them transposed", "[op][matmul]") {
  check({3, 4}, {4, 5}, false, false);
  check({4, 3}, {4, 5}, true, false);
  check({3, 4}, {5, 4}, false, true);
  check({4, 3}, {5, 4}, true, true);
  check({1, 1}, {1, 1}, false, false);
  check({2, 17}, {17, 1}, false, false);
}

TEST_CASE("matmul: of a batch", "[op][matmul]") {
  check({B, 4}, {4, 5}, false, false);
  check({B, 4}, {5, 4}, false, true);
  check({5, 4}, {B, 4}, false, true);
}

TEST_CASE("matmul: over the examples", "[op][matmul]") { check({B, 4}, {B, 5}, true, false); }

TEST_CASE("matmul: a vector is a row on the left and a column on the right", "[op][matmul]") {
  const auto check_product = [](const op_test::Dimensions& a, const op_test::Dimensions& b) {
    op_test::check({
        .operands = {{a}, {b}},
        .op = [](auto& x) { return matmul(x[0], x[1]); },
        .reference =
            [](auto& x) {
              Array left = x[0], right = x[1];
              if (left.dims.size() == 1) left.dims.insert(left.dims.begin(), 1);
              if (right.dims.size() == 1) right.dims.push_back(1);
              Array y = product(left, right);
              if (x[1].dims.size() == 1) y.dims.pop_back();
              if (x[0].dims.size() == 1) y.dims.erase(y.dims.begin());
              return y;
            },
    });
  };
  check_product({B, 4}, {4});
  check_product({4}, {4, 3});
  check_product({3, 4}, {4});
  check_product({4}, {4});
}

TEST_CASE("matmul: a stack by one matrix", "[op][matmul]") {
  check_stacks({B, 3, 4}, {4, 5});
  check_stacks({2, 3, 4}, {4, 5});
  check_stacks({B, 2, 3, 4}, {4, 5});
  check_stacks({2, 1, 3, 4}, {4, 1});
  check_stacks({B, 4, 3}, {4, 5}, true, false);
  check_stacks({B, 3, 4}, {5, 4}, false, true);
  check_stacks({2, 4, 3}, {5, 4}, true, true);
  check_stacks({1, 1, 1}, {1, 1});
}

TEST_CASE("matmul: matrix by matrix of two stacks", "[op][matmul]") {
  check_stacks({B, 3, 4}, {B, 4, 5});
  check_stacks({2, 3, 4}, {2, 4, 5});
  check_stacks({B, 2, 3, 4}, {B, 2, 4, 5});
  check_stacks({B, 3, 4}, {B, 5, 4}, false, true);
  check_stacks({B, 4, 3}, {B, 4, 5}, true, false);
  check_stacks({2, 4, 3}, {2, 5, 4}, true, true);
  check_stacks({B, 1, 4}, {B, 4, 1});
  check_stacks({2, 2, 2, 3, 4}, {2, 2, 2, 4, 2});
}

TEST_CASE("matmul: a stack by a vector", "[op][matmul]") {
  op_test::check({
      .operands = {{{B, 3, 4}}, {{4}}},
      .op = [](auto& x) { return matmul(x[0], x[1]); },
      .reference =
          [](auto& x) {
            Array y = product_of_stacks(x[0], {{4, 1}, x[1].values});
            y.dims.pop_back();
            return y;
          },
  });
}

TEST_CASE("matmul: stacks whose matrices lie side by side need no copy", "[op][matmul]") {
  using namespace ansatz;
  // Heads of attention: [b, position, head, k] seen as [b, head, position, k].
  auto f = [] {
    auto q = input<Tensor<6, 2, 4>>("q"), k = input<Tensor<6, 2, 4>>("k");
    return function(output("scores", matmul(transpose<1, 0, 2>(q), transpose<1, 2, 0>(k))));
  };
  const ir::Plan plan = ir::lower(f());
  REQUIRE(plan.steps.size() == 1);
  CHECK(plan.steps[0].kind == ir::StepKind::gemm);
  CHECK(plan.steps[0].outer_rank == 2);
}

TEST_CASE("matmul: a stack by one matrix is one product, and so is the matrix's gradient",
          "[op][matmul]") {
  using namespace ansatz;
  auto x = input<Matrix<6, 4>>("x");
  auto W = parameter<Matrix<4, 5>>("W");
  auto y = matmul(x, W);
  const ir::Plan plan =
      ir::lower(function(output("y", y), update(W, W - 0.1 * grad(sum(square(y)), W))));
  int products = 0;
  for (const ir::Step& s : plan.steps) {
    CHECK(s.outer_rank <= 1);
    if (s.kind != ir::StepKind::gemm) continue;
    CHECK(s.outer_rank == 0);
    ++products;
  }
  CHECK(products == 2);
}

TEST_CASE("matmul: stacks that do not agree", "[op][matmul]") {
  using namespace ansatz;
  using Stack = Tensor<any, any, any>;
  const AnyExpr a = parameter("a", Stack(2, 3, 4)), b = parameter("b", Stack(3, 4, 5)),
                c = parameter("c", Matrix(3, 4)), d = parameter("d", Matrix(3, 5));
  using Catch::Matchers::Contains;
  const char* as_many = "by one matrix on its right, or by a stack of as many";
  CHECK_THROWS_WITH(matmul(a, b), Contains("[2, 3, 4] and [3, 4, 5]") && Contains(as_many));
  CHECK_THROWS_WITH(matmul(c, b), Contains(as_many));
  CHECK_THROWS_WITH(matmul(a, d), Contains("inner dimensions must agree"));
}
