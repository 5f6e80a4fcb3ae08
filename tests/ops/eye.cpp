#include "op_test.hpp"

#include <type_traits>

#include <dsl/build.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

TEST_CASE("eye: ones where row and column are the same", "[op][eye]") {
  STATIC_REQUIRE(std::is_same_v<decltype(eye<3>()), Expr<Matrix<3, 3>>>);
  STATIC_REQUIRE(std::is_same_v<decltype(eye<2, 4>()), Expr<Matrix<2, 4>>>);
  const auto A = parameter<Matrix<3, 3>>("A");
  auto program = build<double>(function(output("eye", eye<3>()), output("wide", eye<2, 4>()),
                                        output("late", eye(2)),
                                        output("damped", matmul(A + 0.5 * eye<3>(), eye<3>())),
                                        output("trace", grad(sum(A * eye<3>()), A))));
  double a[9];
  for (int i = 0; i < 9; ++i) a[i] = i;
  program.store().set("A", view(a, {3, 3}));
  const auto r = program();
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) {
      CHECK(r["eye"].data()[3 * i + j] == (i == j));
      CHECK(r["trace"].data()[3 * i + j] == (i == j));
      CHECK(r["damped"].data()[3 * i + j] == a[3 * i + j] + 0.5 * (i == j));
    }
  for (int i = 0; i < 2; ++i) {
    for (int j = 0; j < 4; ++j) CHECK(r["wide"].data()[4 * i + j] == (i == j));
    for (int j = 0; j < 2; ++j) CHECK(r["late"].data()[2 * i + j] == (i == j));
  }
}
