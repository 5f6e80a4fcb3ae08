#include "op_test.hpp"

#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/reduce/argmin.hpp>

namespace {

double position(const op_test::Numbers& x) {
  std::size_t found = 0;
  for (std::size_t i = 1; i < x.size(); ++i)
    if (x[i] < x[found]) found = i;
  return static_cast<double>(found);
}

struct Letters : ansatz::VectorSpace<26> {};

}  // namespace

TEST_CASE("argmin: position of the smallest element, over every kind of axes", "[op][argmin]") {
  op_test::check_reduction([](auto& x, auto over) { return argmin(x, over); }, position, false);
}

TEST_CASE("argmin: axes can be kept with size 1", "[op][argmin]") {
  const auto op = [](auto& x, auto over, auto keep) { return argmin(x, over, keep); };
  op_test::check_kept(op, position, false);
}

TEST_CASE("argmin: of equal elements the first", "[op][argmin]") {
  const op_test::Array x{{2, 40}, op_test::Numbers(80, 3.0)};
  const auto at = [](auto& a) { return argmin(a[0], ansatz::axis<1>); };
  CHECK(op_test::evaluate(at, {x}).values == op_test::Numbers{0, 0});
}

TEST_CASE("argmin: the first NaN, if there is one", "[op][argmin]") {
  auto x = op_test::vector_of(op_test::Numbers(40, 3.0));
  x.values[17] = x.values[33] = op_test::nan;
  CHECK(op_test::evaluate([](auto& a) { return argmin(a[0]); }, {x}).values[0] == 17);
}

TEST_CASE("argmin: has no gradient", "[op][argmin]") {
  const auto g = op_test::gradients([](auto& x) { return x[0] * argmin(x[0]); },
                                    {op_test::vector_of({5, 1, 2})});
  CHECK(g[0].values == op_test::Numbers{1, 1, 1});
}

TEST_CASE("argmin: the result is a label for each example", "[op][argmin]") {
  using namespace ansatz;
  using std::is_same_v;
  const auto x = input<Letters>("x");
  const auto w = parameter<Matrix<3, 4>>("w");
  const auto image = input<Conv2DSpace<2, 3, 4>>("image");
  STATIC_REQUIRE(is_same_v<decltype(argmin(x)), Expr<Batch<IndexSpace<26>>>>);
  STATIC_REQUIRE(is_same_v<decltype(argmin(w, axis<0>)), Expr<IndexSpace<3, 4>>>);
  STATIC_REQUIRE(is_same_v<decltype(argmin(w, axis<1>)), Expr<IndexSpace<4, 3>>>);
  STATIC_REQUIRE(is_same_v<decltype(argmin(w, all)), Expr<IndexSpace<12>>>);
  STATIC_REQUIRE(is_same_v<decltype(argmin(image)), Expr<Batch<IndexSpace<24>>>>);
  STATIC_REQUIRE(is_same_v<decltype(argmin(x, batch)), Expr<IndexSpace<any, 26>>>);
  STATIC_REQUIRE(is_same_v<decltype(argmin(image, axis<0>)), AnyExpr>);
}
