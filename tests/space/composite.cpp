#include "spaces.hpp"

#include <dsl/composite.hpp>

#include <boost/hana/integral_constant.hpp>
#include <catch2/catch.hpp>
#include <string>

#include <dsl/compile.hpp>
#include <dsl/grad.hpp>

using namespace ansatz;
using namespace space_test;
using namespace boost::hana::literals;
using std::is_same_v;

namespace {

using Digits = CompositeSpace<Source<"features", Pixels>, Source<"targets", IndexSpace<10>>>;

}  // namespace

TEST_CASE("composite: an input for each source, taken apart in their order", "[space][composite]") {
  auto [x, y] = inputs<Digits>();
  STATIC_REQUIRE(is_same_v<decltype(x), Expr<Batch<Pixels>>>);
  STATIC_REQUIRE(is_same_v<decltype(y), Expr<Batch<IndexSpace<10>>>>);
  CHECK(std::string(x.value().term()->name.data()) == "features");
  CHECK(std::string(y.value().term()->name.data()) == "targets");
  CHECK(y.value().type() == ir::DType::index);
  STATIC_REQUIRE(decltype(inputs<Digits>())::count == 2);
}

TEST_CASE("composite: an input by the name of its source", "[space][composite]") {
  const auto data = inputs<Digits>();
  STATIC_REQUIRE(is_same_v<decltype(data.get<"targets">()), Expr<Batch<IndexSpace<10>>>>);
  STATIC_REQUIRE(is_same_v<decltype(data.get<0>()), Expr<Batch<Pixels>>>);
  CHECK(std::string(data.get<"features">().value().term()->name.data()) == "features");
  STATIC_REQUIRE_FALSE(
      [](const auto& d) { return requires { d.template get<"labels">(); }; }(inputs<Digits>()));
}

TEST_CASE("composite: sizes known only at run time", "[space][composite]") {
  auto [x, y] = inputs(
      CompositeSpace(source<"features">(VectorSpace(784)), source<"targets">(IndexSpace(10_c))));
  STATIC_REQUIRE(is_same_v<decltype(x), Expr<Batch<VectorSpace<any>>>>);
  STATIC_REQUIRE(is_same_v<decltype(y), Expr<Batch<IndexSpace<10>>>>);
  CHECK(x.shape() == ir::make_shape(E, 784));
  STATIC_REQUIRE_FALSE(AllSizesKnown<CompositeSpace<Source<"x", VectorSpace<any>>>>);
}

TEST_CASE("composite: NullSpace gives no inputs", "[space][composite]") {
  STATIC_REQUIRE(decltype(inputs<NullSpace>())::count == 0);
  auto [x, none] = inputs<CompositeSpace<Source<"x", Pixels>, Source<"y", NullSpace>>>();
  STATIC_REQUIRE(is_same_v<decltype(none), Inputs<>>);
  CHECK(x.shape() == ir::make_shape(E, 784));
  (void)none;
}

TEST_CASE("composite: one within another keeps its place", "[space][composite]") {
  using Pair = CompositeSpace<Source<"left", Pixels>, Source<"right", VectorSpace<3>>>;
  auto [pair, y] =
      inputs<CompositeSpace<Source<"pair", Pair>, Source<"targets", IndexSpace<2>>>, chains>();
  auto [left, right] = pair;
  STATIC_REQUIRE(is_same_v<decltype(left), Expr<Batch<Pixels, chains>>>);
  STATIC_REQUIRE(is_same_v<decltype(right), Expr<Batch<VectorSpace<3>, chains>>>);
  STATIC_REQUIRE(is_same_v<decltype(y), Expr<Batch<IndexSpace<2>, chains>>>);
  CHECK(std::string(right.value().term()->name.data()) == "right");
}

TEST_CASE("composite: the inputs of a compiled program", "[space][composite]") {
  auto step = compile<double>([] {
    using Data =
        CompositeSpace<Source<"features", VectorSpace<3>>, Source<"targets", IndexSpace<2>>>;
    auto [x, y] = inputs<Data>();
    auto W = parameter<Matrix<3, 2>>("W");
    return function(output("cost", mean(cross_entropy(softmax(matmul(x, W)), y))));
  });
  const double x[] = {1, 2, 3, 4, 5, 6};
  const int y[] = {0, 1};
  const double cost = step({{"features", view(x, {2, 3})}, {"targets", view(y, {2})}})["cost"];
  CHECK(cost == Approx(0.6931471805599453));
}
