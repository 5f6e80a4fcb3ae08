#include "op_test.hpp"

#include <dsl/build.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

TEST_CASE("arg_rows: the first of the largest or smallest of each row, NaNs before all",
          "[op][arg_rows]") {
  const float x[] = {1, 3, 3, 0, -2, -2, 5, op_test::nan, 7, op_test::nan, 9, 1};
  const auto in = input<VectorSpace<4>>("x");
  for (const bool largest : {true, false}) {
    ir::Attr attr;
    attr.i[0] = largest;
    auto p = build(
        function(output("y", AnyExpr(ir::make(ir::info_of<ops::ArgRows>, attr, in.value())))));
    const auto y = p({{"x", view(x, {3, 4})}})["y"];
    CHECK(y.labels()[0] == (largest ? 1 : 3));
    CHECK(y.labels()[1] == 3);
    CHECK(y.labels()[2] == 1);
  }
}

TEST_CASE("arg_rows: argmax and argmin of rows longer than 2^24 are exact", "[op][arg_rows]") {
  constexpr int n = (1 << 24) + 3;
  const auto x = parameter("x", Matrix(2, n));
  auto p = build(function(output("max", argmax(x, axis<1>)), output("min", argmin(x, axis<1>)),
                          output("turned", argmax(transpose(x), axis<0>)),
                          output("kept", argmax(transpose(x), axis<0>, keep_axes))));
  float* const data = p.store().data<float>("x");
  data[n - 2] = 1, data[n - 1] = -1, data[n + 5] = 1;
  const auto r = p();
  for (const char* name : {"max", "turned", "kept"}) {
    CHECK(r[name].labels()[0] == n - 2);
    CHECK(r[name].labels()[1] == 5);
  }
  CHECK(r["kept"].shape().rank == 2);
  CHECK(r["min"].labels()[0] == n - 1);
  CHECK(r["min"].labels()[1] == 0);
}
