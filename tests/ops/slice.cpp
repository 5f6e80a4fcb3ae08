#include "op_test.hpp"

#include <dsl/build.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/linear/one_hot.hpp>
#include <dsl/ops/reduce/sum.hpp>
#include <dsl/ops/view/slice.hpp>

namespace {

using namespace ansatz;

template <class X, int A, int Start, int Stop, int Step = 1>
using Part =
    typename decltype(slice(std::declval<Expr<X>>(), axis<A>, range<Start, Stop, Step>))::space;

// Which elements of 0 .. n - 1 are in start : stop : step, as Python says.
std::vector<int> positions(int n, int start, int stop, int step) {
  std::vector<int> p;
  if (start < 0) start = std::max(start + n, 0);
  if (stop < 0) stop = std::max(stop + n, 0);
  for (int i = start; i < std::min(stop, n); i += step) p.push_back(i);
  return p;
}

}  // namespace

TEST_CASE("slice: known sizes give known Spaces", "[op][slice]") {
  using V = Batch<VectorSpace<10>>;
  STATIC_REQUIRE(std::is_same_v<Part<V, 0, 2, 7>, Batch<VectorSpace<5>>>);
  STATIC_REQUIRE(std::is_same_v<Part<V, -1, 2, 7, 2>, Batch<VectorSpace<3>>>);
  STATIC_REQUIRE(std::is_same_v<Part<V, 0, -3, to_end>, Batch<VectorSpace<3>>>);
  STATIC_REQUIRE(std::is_same_v<Part<V, 0, 0, -1>, Batch<VectorSpace<9>>>);
  STATIC_REQUIRE(std::is_same_v<Part<V, 0, -99, 99>, V>);
  STATIC_REQUIRE(std::is_same_v<Part<Batch<VectorSpace<>>, 0, 2, 7>, Batch<VectorSpace<>>>);
  STATIC_REQUIRE(std::is_same_v<Part<Matrix<4, 6>, 0, 1, 3>, Matrix<2, 6>>);
  using Image = Batch<Conv2DSpace<8, 9, 3, Axes::bc01>>;
  STATIC_REQUIRE(std::is_same_v<Part<Image, 1, 1, -1>, Batch<Conv2DSpace<6, 9, 3, Axes::bc01>>>);
  STATIC_REQUIRE(std::is_same_v<decltype(slice(std::declval<Expr<V>>(), axis<0>, 1, 2))::space,
                                Batch<VectorSpace<>>>);
}

TEST_CASE("slice: what is empty or no feature axis is refused", "[op][slice]") {
  using V = Batch<VectorSpace<10>>;
  STATIC_REQUIRE(SliceFits<V, 0, Range<3, 4, 1>>);
  STATIC_REQUIRE_FALSE(SliceFits<V, 0, Range<3, 3, 1>>);
  STATIC_REQUIRE_FALSE(SliceFits<V, 0, Range<10, 12, 1>>);
  STATIC_REQUIRE_FALSE(SliceFits<V, 1, Range<0, 2, 1>>);
  STATIC_REQUIRE_FALSE(SliceFits<V, -2, Range<0, 2, 1>>);
  STATIC_REQUIRE_FALSE(SliceFits<V, 0, Range<0, 2, 0>>);
  STATIC_REQUIRE_FALSE(SliceFits<V, 0, Range<9, 0, -1>>);
  STATIC_REQUIRE_FALSE(SliceFits<V, 1, int, int>);
  STATIC_REQUIRE_FALSE(SliceFits<V, 0, int>);
  STATIC_REQUIRE_FALSE(SliceFits<V, 0, double, int>);
  const auto x = input("x", VectorSpace(10));
  CHECK_THROWS_AS(slice(x, axis<0>, 3, 3), ShapeError);
  CHECK_THROWS_AS(slice(x, axis<0>, 0, 3, 0), ShapeError);
  CHECK_THROWS_AS(slice(AnyExpr(x.value()), axis<1>, 0, 3), ShapeError);
}

TEST_CASE("slice: NumPy's rule for positions", "[op][slice]") {
  for (int n : {1, 2, 7})
    for (int start = -9; start <= 9; ++start)
      for (int stop = -9; stop <= 9; ++stop)
        for (int step : {1, 2, 3, 10}) {
          const ir::Attr a = ir::slice_attr(0, n, start, stop, step);
          std::vector<int> mine;
          for (int k = 0; k < a.i[3]; ++k) mine.push_back(a.i[1] + k * a.i[2]);
          REQUIRE(mine == positions(n, start, stop, step));
        }
}

TEST_CASE("slice: along each axis, differentiated", "[op][slice]") {
  const auto check = [](int a, auto take, std::vector<int> rows, std::vector<int> columns) {
    INFO("axis " << a);
    op_test::check({
        .operands = {{.dims = {op_test::B, 5, 7}}},
        .op = [&](auto& x) { return square(take(x[0])); },
        .reference =
            [&](auto& in) {
              op_test::Array y{
                  {in[0].dims[0], static_cast<int>(rows.size()), static_cast<int>(columns.size())},
                  {}};
              for (int n = 0; n < in[0].dims[0]; ++n)
                for (int i : rows)
                  for (int j : columns) {
                    const double v = in[0].values[static_cast<std::size_t>((n * 5 + i) * 7 + j)];
                    y.values.push_back(v * v);
                  }
              return y;
            },
    });
  };
  check(0, [](auto& x) { return AnyExpr(slice(x, axis<0>, range<1, -1>).value()); }, {1, 2, 3},
        {0, 1, 2, 3, 4, 5, 6});
  check(1, [](auto& x) { return slice(x, axis<1>, 1, to_end, 3); }, {0, 1, 2, 3, 4}, {1, 4});
  check(-1, [](auto& x) { return slice(x, axis<-1>, -1, to_end); }, {0, 1, 2, 3, 4}, {6});
}

TEST_CASE("slice: labels in a row stay labels", "[op][slice]") {
  const auto y = input<IndexSpace<10, 5>>("y");
  using Row = Batch<IndexSpace<10, 2>>;
  STATIC_REQUIRE(std::is_same_v<decltype(slice(y, axis<0>, range<1, 3>)), Expr<Row>>);
  STATIC_REQUIRE(
      std::is_same_v<decltype(slice(y, axis<0>, range<1, 2>)), Expr<Batch<IndexSpace<10, any>>>>);
  STATIC_REQUIRE_FALSE(SliceFits<Batch<IndexSpace<10>>, 0, Range<0, 1, 1>>);
  auto f = build(function(output("two", slice(y, axis<0>, range<1, 3>)),
                          output("one", slice(y, axis<0>, range<-1, to_end>)),
                          output("odd", slice(y, axis<0>, 1, 5, 2)),
                          output("hot", one_hot(slice(y, axis<0>, range<0, 1>)))));
  const int labels[] = {1, 2, 3, 4, 9};
  auto r = f({{"y", view(labels, {1, 5})}});
  const auto of = [&](const char* name) {
    return std::vector<int>(r[name].labels(), r[name].labels() + r[name].size());
  };
  CHECK(of("two") == std::vector<int>{2, 3});
  CHECK(of("one") == std::vector<int>{9});
  CHECK(of("odd") == std::vector<int>{2, 4});
  CHECK(r["hot"].shape()[2] == 10);
  CHECK(r["hot"].data()[1] == 1);
}
