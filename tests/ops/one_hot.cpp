#include "op_test.hpp"

#include <dsl/build.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/ops/linear/one_hot.hpp>
#include <dsl/ops/reduce/argmax.hpp>

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

TEST_CASE("one_hot: how many labels there are may be known only at run time", "[op][one_hot]") {
  using namespace ansatz;
  const auto y = input("y", IndexSpace(3));
  const AnyExpr any_y = y;
  const auto x = input<VectorSpace<4>>("x");
  auto f = build(function(output("typed", one_hot(y)), output("any", one_hot(any_y)),
                          output("argmax", one_hot(AnyExpr(argmax(x))))));
  const int labels[] = {2, 0};
  const float xs[] = {0, 3, 1, 2, 5, 4, 3, 2};
  auto r = f({{"y", view(labels, {2})}, {"x", view(xs, {2, 4})}});
  const std::vector<float> hot = {0, 0, 1, 1, 0, 0}, largest = {0, 1, 0, 0, 1, 0, 0, 0};
  for (const char* name : {"typed", "any"})
    CHECK(std::vector<float>(r[name].data(), r[name].data() + r[name].size()) == hot);
  CHECK(std::vector<float>(r["argmax"].data(), r["argmax"].data() + r["argmax"].size()) == largest);
  CHECK_THROWS_AS(one_hot(AnyExpr(x)), ShapeError);
}

TEST_CASE("one_hot: another label is refused, with its example", "[op][one_hot]") {
  using namespace ansatz;
  const auto y = input<IndexSpace<any>>("y");
  auto f = build(function(output("hot", one_hot(y, 3))));
  const int good[] = {2, 0}, bad[] = {2, 3, -1};
  CHECK(f({{"y", view(good, {2})}})["hot"].data()[2] == 1);
  CHECK_THROWS_WITH(f({{"y", view(bad, {3})}}),
                    "input 'y' has the label 3 at example 1; allowed: 0 .. 2");
}
