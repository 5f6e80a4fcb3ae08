#include "op_test.hpp"

#include <dsl/ops/activation/tanh.hpp>

TEST_CASE("tanh: hyperbolic tangent", "[op][tanh]") {
  op_test::check_elementwise({
      .op = [](auto& x) { return tanh(x[0]); },
      .reference = [](auto& x) { return std::tanh(x[0]); },
  });
}
