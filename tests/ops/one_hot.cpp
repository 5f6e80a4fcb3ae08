#include "op_test.hpp"

#include <dsl/ops/linear/one_hot.hpp>

TEST_CASE("one_hot: 1 at the label, 0 elsewhere", "[op][one_hot]") {
  using op_test::B;
  for (const op_test::Dimensions& dims : {op_test::Dimensions{B}, {}, {B, 3}})
    op_test::check({
        .operands = {{dims, {}, 5}},
        .op = [](auto& y) { return one_hot(y[0], 5); },
        .reference =
            [](auto& y) {
              op_test::Array hot = y[0];
              hot.dims.push_back(5);
              hot.values.assign(5 * y[0].values.size(), 0);
              for (std::size_t i = 0; i < y[0].values.size(); ++i)
                hot.values[5 * i + static_cast<std::size_t>(y[0].values[i])] = 1;
              return hot;
            },
    });
}

TEST_CASE("one_hot: labels of an IndexSpace become vectors as long as it has labels",
          "[op][one_hot]") {
  using namespace ansatz;
  const auto y = input<IndexSpace<10>>("y");
  STATIC_REQUIRE(std::is_same_v<decltype(one_hot(y)), Expr<Batch<VectorSpace<10>>>>);
}
