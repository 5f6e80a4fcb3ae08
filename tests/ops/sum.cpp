#include "op_test.hpp"

#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/reduce/sum.hpp>

namespace {

double total(const op_test::Numbers& x) {
  double s = 0;
  for (double v : x) s += v;
  return s;
}

}  // namespace

TEST_CASE("sum: over every kind of axes", "[op][sum]") {
  op_test::check_reduction([](auto& x, auto over) { return sum(x, over); }, total);
}

TEST_CASE("sum: axes can be kept with size 1", "[op][sum]") {
  using op_test::B;
  op_test::check({
      .operands = {{{B, 5}}},
      .op = [](auto& x) { return x[0] * sum(x[0], ansatz::units, ansatz::keep_axes); },
      .reference =
          [](auto& x) {
            auto y = x[0];
            const auto s = op_test::reduce_reference(x[0], {false, true}, true, total);
            for (std::size_t i = 0; i < y.values.size(); ++i) y.values[i] *= s.values[i / 5];
            return y;
          },
  });
  op_test::check({
      .operands = {{{B, 5}}},
      .op = [](auto& x) { return x[0] * sum(x[0], ansatz::batch, ansatz::keep_axes); },
      .reference =
          [](auto& x) {
            auto y = x[0];
            const auto s = op_test::reduce_reference(x[0], {true, false}, true, total);
            for (std::size_t i = 0; i < y.values.size(); ++i) y.values[i] *= s.values[i % 5];
            return y;
          },
  });
}
