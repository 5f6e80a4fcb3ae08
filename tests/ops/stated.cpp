// What docs/ops.md says of many ops in one breath: special points, defaults, shapes, numbers as
// operands.
#include "op_test.hpp"

#include <dsl/ops.hpp>

using namespace ansatz;
using op_test::Array, op_test::Build, op_test::inf, op_test::Numbers;

namespace {

struct Row {
  const char* what;
  Build op;
  Numbers at, derivative;
};
#define ROW(e, ...)                         \
  Row {                                     \
    #e,                                     \
        [](const std::vector<AnyExpr>& o) { \
          const AnyExpr x(o[0]);            \
          return AnyExpr((e).value());      \
        },                                  \
        __VA_ARGS__                         \
  }

bool same(double a, double b) { return std::isnan(a) ? std::isnan(b) : a == Approx(b); }

void check_rows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    INFO(row.what);
    const Numbers g = op_test::gradients(row.op, {op_test::vector_of(row.at)})[0].values;
    REQUIRE(g.size() == row.derivative.size());
    for (std::size_t i = 0; i < g.size(); ++i) {
      CAPTURE(row.at[i], g[i], row.derivative[i]);
      CHECK(same(g[i], row.derivative[i]));
    }
  }
}

// The Space says over what was reduced: a number, or one an example.
template <class Plain, class Named>
constexpr bool agree = std::is_same_v<Plain, Named>;
#define DEFAULT(f, axes) STATIC_REQUIRE(agree<decltype(f(x)), decltype(f(x, axes))>)

}  // namespace

TEST_CASE("ops: derivatives at the points where there is a choice", "[op][stated]") {
  check_rows({
      ROW(sqrt(x), {0, 4}, {inf, .25}),
      ROW(sign(x), {-1, 0, 2}, {0, 0, 0}),
      ROW(floor(x), {-1, 0, 1.5, 2}, {0, 0, 0, 0}),
      ROW(round(x), {-.5, 0, .5, 1.5, 2}, {0, 0, 0, 0, 0}),
      ROW((x == 1) + (x != 1) + (x < 1) + (x <= 1) + (x > 1) + (x >= 1), {0, 1, 2}, {0, 0, 0}),
      ROW(elu(x, 2.5), {-1, 0, 1}, {2.5 * std::exp(-1.), 2.5, 1}),
      ROW(elu(x), {0}, {1}),
      ROW(pow(x, 0), {-2, 0, 3, inf}, {0, 0, 0, 0}),
      ROW(pow(x, stop_gradient(x - x)), {-2, 0, 3}, {0, 0, 0}),
      ROW(pow(0, x), {-1, 0, 2}, {0, 0, 0}),
      ROW(relu(x, -.5), {-1, 0, 1}, {-.5, -.5, 1}),
      ROW(clip(x, 1, 1), {0, 1, 2}, {0, 1, 0}),
      ROW(maximum(x, x * 1), {2}, {1}),
      ROW(log_sum_exp(x, axis<0>), {0, 1, 3},
          {1 / (1 + std::exp(1.) + std::exp(3.)), std::exp(1.) / (1 + std::exp(1.) + std::exp(3.)),
           std::exp(3.) / (1 + std::exp(1.) + std::exp(3.))}),
      ROW(max(x), {2, 1, 2}, {1, 0, 1}),
      ROW(min(x), {2, 1, 1}, {0, 1, 1}),
      ROW(norm(x), {0, 0}, {0, 0}),
      ROW(standard_deviation(x), {3, 3}, {0, 0}),
  });
}

TEST_CASE("ops: the axes that reductions mean where none are given", "[op][stated]") {
  const auto x = input<VectorSpace<4>>("x");
  STATIC_REQUIRE_FALSE(agree<decltype(sum(x, all)), decltype(sum(x, units))>);
  DEFAULT(sum, all);
  DEFAULT(mean, all);
  DEFAULT(max, all);
  DEFAULT(min, all);
  DEFAULT(norm, all);
  DEFAULT(variance, all);
  DEFAULT(standard_deviation, all);
  DEFAULT(argmax, units);
  DEFAULT(argmin, units);
  DEFAULT(log_sum_exp, units);
  // These have x's shape: each example's sum to 1.
  const Array at{{2, 2}, {0, std::log(3.), std::log(4.), 0}};
  const auto weighted = [&](const Build& op) {
    return op_test::gradients(op, {at, at}, op_test::Batch::yes)[1].values;
  };
  const Numbers p{.25, .75, .8, .2};
  const Numbers found = weighted([](auto& o) { return o[1] * softmax(o[0]); });
  const Numbers logs = weighted([](auto& o) { return o[1] * log_softmax(o[0]); });
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(found[i] == Approx(p[i]));
    CHECK(logs[i] == Approx(std::log(p[i])));
  }
}

TEST_CASE("ops: an axis is of the features, the batch an axis of size 1", "[op][stated]") {
  const Array x{{2, 3}, {1, 2, 3, 4, 5, 6}};
  const auto weights = [&](const Build& op) {
    return op_test::gradients(op, {x}, op_test::Batch::yes)[0].values;
  };
  const auto squares = [](const AnyExpr& e) { return AnyExpr((square(e) / 2).value()); };
  const auto first = [=](auto& o) { return squares(sum(o[0], axis<0>)); };
  const auto last = [=](auto& o) { return squares(sum(o[0], axis<-1>)); };
  const auto place = [=](auto& o) { return squares(sum(o[0], axis<-2>)); };
  const auto every = [=](auto& o) { return squares(sum(o[0], batch)); };
  CHECK(weights(first) == Numbers{6, 6, 6, 15, 15, 15});
  CHECK(weights(last) == weights(first));
  CHECK(weights(place) == x.values);
  CHECK(weights(every) == Numbers{5, 7, 9, 5, 7, 9});
}

TEST_CASE("ops: keep_axes keeps what was reduced with size 1", "[op][stated]") {
  const auto x = input<Matrix<3, 4>>("x");  // [examples, 3, 4]
  const auto check = [](const char* what, auto units_kept, auto first_kept) {
    INFO(what);
    const ir::Shape u = units_kept.shape(), f = first_kept.shape();
    REQUIRE(u.rank == 3);
    REQUIRE(f.rank == 3);
    CHECK(ir::is_extent(u[0]));
    CHECK((u[1] == 1 && u[2] == 1));
    CHECK((f[1] == 1 && f[2] == 4));
  };
#define KEPT(f) check(#f, f(x, units, keep_axes), f(x, axis<0>, keep_axes))
  KEPT(sum);
  KEPT(mean);
  KEPT(max);
  KEPT(min);
  KEPT(argmax);
  KEPT(argmin);
  KEPT(norm);
  KEPT(variance);
  KEPT(standard_deviation);
  KEPT(log_sum_exp);
}

TEST_CASE("ops: the mean of nothing is NaN", "[op][stated]") {
  const Array none{{0, 2}, {}};
  CHECK(std::isnan(op_test::evaluate([](auto& o) { return mean(o[0]); }, {none}).values[0]));
  const Array columns = op_test::evaluate([](auto& o) { return mean(o[0], axis<0>); }, {none});
  REQUIRE(columns.values.size() == 2);
  CHECK(std::isnan(columns.values[0]));
}

TEST_CASE("ops: numbers are operands where another is an expression", "[op][stated]") {
  const Array x = op_test::vector_of({-1, 2});
  const auto value = [&](const Build& op) { return op_test::evaluate(op, {x}).values; };
  CHECK(value([](auto& o) { return 1 + o[0] - 3; }) == Numbers{-3, 0});
  CHECK(value([](auto& o) { return 2 / o[0] * 3; }) == Numbers{-6, 3});
  CHECK(value([](auto& o) { return pow(2, o[0]); }) == Numbers{.5, 4});
  CHECK(value([](auto& o) { return maximum(0, o[0]); }) == Numbers{0, 2});
  CHECK(value([](auto& o) { return minimum(o[0], 0); }) == Numbers{-1, 0});
  CHECK(value([](auto& o) { return 0 < o[0]; }) == Numbers{0, 1});
  CHECK(value([](auto& o) { return where(o[0] > 0, 7, 8); }) == Numbers{8, 7});
  CHECK(value([](auto& o) { return clip(o[0], -.5, 1.5); }) == Numbers{-.5, 1.5});
}

TEST_CASE("ops: cross entropies are one number an example, or element by element", "[op][stated]") {
  const auto z = input<VectorSpace<4>>("z"), t = input<VectorSpace<4>>("t");
  const auto y = input<IndexSpace<4>>("y");
  using One = Expr<Batch<Scalar>>;
  STATIC_REQUIRE(std::is_same_v<decltype(cross_entropy(softmax(z), y)), One>);
  STATIC_REQUIRE(std::is_same_v<decltype(cross_entropy(z, t)), One>);
  CHECK(binary_cross_entropy(z, t).shape() == z.shape());
  CHECK(sigmoid_binary_cross_entropy(z, t).shape() == z.shape());
}

TEST_CASE("ops: costs at infinite scores", "[op][stated]") {
  // Each row the scores of an example, and one-hot targets of it.
  const auto cost = [](auto& o) { return AnyExpr(cross_entropy(softmax(o[0]), o[1]).value()); };
  const auto check = [](const Build& op, Numbers z, Numbers t, double value, Numbers gradient) {
    CAPTURE(z, t);
    CHECK(same(op_test::evaluate(op, {op_test::vector_of(z), op_test::vector_of(t)}).values[0],
               value));
    const auto g = op_test::gradients(op, {op_test::vector_of(z), op_test::vector_of(t)})[0].values;
    REQUIRE(g.size() == gradient.size());
    for (std::size_t i = 0; i < g.size(); ++i) {
      CAPTURE(i, g[i]);
      CHECK(same(g[i], gradient[i]));
    }
  };
  check(cost, {-inf, 0}, {0, 1}, 0, {0, 0});
  check(cost, {-inf, 0}, {1, 0}, inf, {-1, 1});
  const double nan = op_test::nan;
  check(cost, {inf, 0}, {1, 0}, nan, {nan, 0});
  check(cost, {inf, 0}, {0, 1}, inf, {nan, -1});
  const auto bit = [](auto& o) { return binary_cross_entropy(sigmoid(o[0]), o[1]); };
  check(bit, {inf}, {1}, 0, {0});
  check(bit, {inf}, {0}, inf, {1});
  check(bit, {-inf}, {0}, 0, {0});
  check(bit, {-inf}, {1}, inf, {-1});
}
