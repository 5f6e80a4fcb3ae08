#include "op_test.hpp"

#include <dsl/ops/arithmetic/copy.hpp>

TEST_CASE("copy: the number itself", "[op][copy]") {
  op_test::check_elementwise({
      .op =
          [](auto& x) {
            const auto* copy = ansatz::ir::info_of<ansatz::ops::Copy>;
            return ansatz::AnyExpr(ansatz::ir::make(copy, {}, x[0].value()));
          },
      .reference = [](auto& x) { return x[0]; },
  });
}
