#include "op_test.hpp"

#include <algorithm>
#include <type_traits>

#include <dsl/build.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

TEST_CASE("full: zeros, ones and their like are numbers of a Space", "[op][full]") {
  const auto x = input<Matrix<2, 3>>("x");
  STATIC_REQUIRE(std::is_same_v<decltype(zeros<Matrix<2, 3>>()), Expr<Matrix<2, 3>>>);
  STATIC_REQUIRE(std::is_same_v<decltype(ones_like(x)), Expr<Batch<Matrix<2, 3>>>>);
  const auto labels = input<IndexSpace<4>>("labels");
  STATIC_REQUIRE(std::is_same_v<decltype(zeros_like(labels)), Expr<Batch<Scalar>>>);
  auto program = build<double>(
      function(output("zeros", zeros<Matrix<2, 3>>()), output("ones", ones(VectorSpace(4))),
               output("full", full<Batch<VectorSpace<2>>>(0.5)), output("number", full<Scalar>(7)),
               output("like", full_like(x, -2)), output("of labels", ones_like(labels)),
               output("sum", sum(x + ones_like(x) * full<Matrix<2, 3>>(3), units)),
               output("product", matmul(x, ones<Matrix<3, 2>>()))));
  const double numbers[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  const auto r = program({Argument("x", view(numbers, {2, 2, 3}))});
  const auto all = [&](const char* name, long size, double value) {
    INFO(name);
    const auto& result = r[name];
    CHECK(result.size() == size);
    CHECK(std::all_of(result.data(), result.data() + result.size(),
                      [&](double v) { return v == value; }));
  };
  all("zeros", 6, 0);
  all("ones", 4, 1);
  all("full", 4, 0.5);
  all("number", 1, 7);
  all("like", 12, -2);
  all("of labels", 2, 1);
  CHECK(r["sum"].data()[0] == 21 + 18);
  CHECK(r["sum"].data()[1] == 57 + 18);
  CHECK(r["product"].data()[0] == 6);
  CHECK(r["product"].data()[7] == 33);
}
