#include "op_test.hpp"

#include <dsl/ops/arithmetic/cast.hpp>

TEST_CASE("cast: the number itself", "[op][cast]") {
  op_test::check_elementwise({
      .op =
          [](auto& x) {
            const auto* cast = ansatz::ir::info_of<ansatz::ops::Cast>;
            return ansatz::AnyExpr(ansatz::ir::make(cast, {}, x[0].value()));
          },
      .reference = [](auto& x) { return x[0]; },
  });
}

TEST_CASE("cast: labels become numbers, numbers stay what they are", "[op][cast]") {
  op_test::check({
      .operands = {{.dims = {op_test::B, 3}, .labels = 7}},
      .op =
          [](auto& x) {
            const ansatz::ir::Value y = ansatz::ir::as_numbers(x[0].value());
            CHECK(y.type() == ansatz::ir::DType::real);
            CHECK(ansatz::ir::as_numbers(y).term() == y.term());
            return ansatz::AnyExpr(y);
          },
      .reference = [](auto& x) { return x[0]; },
  });
}
