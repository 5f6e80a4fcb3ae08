#include "op_test.hpp"

#include <dsl/ops/linear/matmul.hpp>

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
