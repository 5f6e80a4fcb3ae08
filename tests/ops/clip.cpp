#include "op_test.hpp"

#include <dsl/ops/arithmetic/clip.hpp>

TEST_CASE("clip: the number limited to an interval", "[op][clip]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return clip(x[0], x[1], x[2]); },
      .reference =
          [](auto& x) {
            return std::isnan(x[0] + x[1] + x[2]) ? op_test::nan
                                                  : std::min(std::max(x[0], x[1]), x[2]);
          },
      .domain = {{-2, 2}, {-1.5, -0.5}, {0.5, 1.5}},
      .edges = {-1e30, -2, -0.0, 0, 1, 1.5, op_test::inf, op_test::nan},
  });
}

TEST_CASE("clip: the derivative is 1 within and at both ends", "[op][clip]") {
  const op_test::Build op = [](auto& x) { return clip(x[0], -1, 1); };
  CHECK(op_test::gradients(op, {op_test::vector_of({-2, -1, 0, 1, 2})})[0].values ==
        op_test::Numbers{0, 1, 1, 1, 0});
}
