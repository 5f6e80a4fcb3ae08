#include "op_test.hpp"

#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/image/mean_pool.hpp>
#include <dsl/ops/reduce/sum.hpp>

namespace {

using namespace ansatz;

// x [n, 2, 5, 7] with channels first, windows 2 x 3 that begin at these rows and columns.
op_test::Array reference(const op_test::Array& x, std::vector<int> rows, std::vector<int> columns) {
  op_test::Array y{{x.dims[0], 2, static_cast<int>(rows.size()), static_cast<int>(columns.size())},
                   {}};
  for (int n = 0; n < 2 * x.dims[0]; ++n)
    for (int r : rows)
      for (int c : columns) {
        double sum = 0;
        int count = 0;
        for (int i = r; i < std::min(r + 2, 5); ++i)
          for (int j = c; j < std::min(c + 3, 7); ++j, ++count)
            sum += x.values[static_cast<std::size_t>((n * 5 + i) * 7 + j)];
        y.values.push_back(sum / count * (sum / count));
      }
  return y;
}

}  // namespace

TEST_CASE("mean_pool: Spaces as those of max_pool", "[op][mean_pool]") {
  using X = Expr<Batch<Conv2DSpace<7, 6, 4>>>;
  STATIC_REQUIRE(std::is_same_v<decltype(mean_pool(std::declval<X>(), pool<2, 2>))::space,
                                Batch<Conv2DSpace<4, 3, 4>>>);
  STATIC_REQUIRE(std::is_same_v<decltype(mean_pool(std::declval<X>(), PoolOptions{}))::space,
                                Batch<Conv2DSpace<any, any, 4>>>);
}

TEST_CASE("mean_pool: windows beyond the edge count the pixels they see", "[op][mean_pool]") {
  op_test::check({
      .operands = {{.dims = {op_test::B, 2, 5, 7}, .edges = op_test::reduction_edges}},
      .op =
          [](auto& x) {
            return square(
                mean_pool(x[0], PoolOptions{.rows = 2, .columns = 3, .axes = Axes::bc01}));
          },
      .reference =
          [](auto& in) {
            return reference(in[0], {0, 2, 4}, {0, 3, 6});
          },
  });
}

TEST_CASE("mean_pool: whole windows that overlap", "[op][mean_pool]") {
  op_test::check({
      .operands = {{.dims = {op_test::B, 2, 5, 7}, .edges = op_test::reduction_edges}},
      .op =
          [](auto& x) {
            return square(mean_pool(x[0], PoolOptions{.rows = 2,
                                                      .columns = 3,
                                                      .stride_rows = 3,
                                                      .stride_columns = 1,
                                                      .border = Border::valid,
                                                      .axes = Axes::bc01}));
          },
      .reference =
          [](auto& in) {
            return reference(in[0], {0, 3}, {0, 1, 2, 3, 4});
          },
  });
}
