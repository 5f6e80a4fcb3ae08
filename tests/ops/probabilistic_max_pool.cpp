// Fact: probabilistic max pooling is its definition in plain loops, for pools of 2 x 2 to 5 x 5,
// with and without what comes from above; nothing overflows; draws are as often as they should be.
#include "op_test.hpp"

#include <dsl/exceptions.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/image/probabilistic_max_pool.hpp>
#include <dsl/ops/view/concatenate.hpp>
#include <dsl/ops/view/flatten.hpp>

#include <array>

namespace {

using namespace ansatz;
using op_test::Array;

struct Sizes {
  int rows, columns, channels, down, across;
  bool first = false;
  int windows(int d) const {
    return d ? (columns + across - 1) / across : (rows + down - 1) / down;
  }
  std::size_t pixel(int n, int r, int c, int k) const {
    const int at = first ? ((n * channels + k) * rows + r) * columns + c
                         : ((n * rows + r) * columns + c) * channels + k;
    return static_cast<std::size_t>(at);
  }
  std::size_t pool(int n, int r, int c, int k) const {
    const int at = first ? ((n * channels + k) * windows(0) + r) * windows(1) + c
                         : ((n * windows(0) + r) * windows(1) + c) * channels + k;
    return static_cast<std::size_t>(at);
  }
  op_test::Dimensions image(int n) const {
    if (first) return {n, channels, rows, columns};
    return {n, rows, columns, channels};
  }
  op_test::Dimensions pools(int n) const {
    if (first) return {n, channels, windows(0), windows(1)};
    return {n, windows(0), windows(1), channels};
  }
  PoolOptions options() const {
    PoolOptions o;
    o.rows = down;
    o.columns = across;
    o.axes = first ? Axes::bc01 : Axes::b01c;
    return o;
  }
};

// p and h by the definition: e^z / (sum e^z + e^-t), in long double.
std::array<Array, 2> reference(const Sizes& s, const Array& z, const Array* t) {
  const int n_all = z.dims[0];
  Array p{s.pools(n_all), {}}, h{z.dims, std::vector<double>(z.values.size())};
  p.values.resize(static_cast<std::size_t>(n_all * s.windows(0) * s.windows(1) * s.channels));
  for (int n = 0; n < n_all; ++n)
    for (int r = 0; r < s.windows(0); ++r)
      for (int c = 0; c < s.windows(1); ++c)
        for (int k = 0; k < s.channels; ++k) {
          const std::size_t at = s.pool(n, r, c, k);
          const long double off = std::exp(static_cast<long double>(t ? -t->values[at] : 0));
          const auto each = [&](auto f) {
            for (int i = r * s.down; i < std::min(s.rows, (r + 1) * s.down); ++i)
              for (int j = c * s.across; j < std::min(s.columns, (c + 1) * s.across); ++j)
                f(s.pixel(n, i, j, k));
          };
          long double sum = 0;
          each([&](std::size_t i) { sum += std::exp(static_cast<long double>(z.values[i])); });
          each([&](std::size_t i) {
            h.values[i] =
                static_cast<double>(std::exp(static_cast<long double>(z.values[i])) / (sum + off));
          });
          p.values[at] = static_cast<double>(sum / (sum + off));
        }
  return {p, h};
}

const std::vector<Sizes> cases = {{4, 6, 3, 2, 2},       {6, 6, 2, 3, 3},      {8, 4, 1, 4, 4},
                                  {5, 10, 2, 5, 5},      {6, 6, 2, 2, 3},      {5, 7, 2, 2, 3},
                                  {5, 7, 2, 2, 3, true}, {4, 4, 3, 2, 2, true}};

}  // namespace

TEST_CASE("probabilistic_max_pool: values and derivatives, with and without what is above",
          "[op][probabilistic_max_pool]") {
  for (const Sizes& s : cases)
    for (const int which : {0, 1}) {
      CAPTURE(s.rows, s.columns, s.down, s.across, s.first, which);
      const auto part = [which](const auto& units) {
        return which ? AnyExpr(units.h.value()) : AnyExpr(units.p.value());
      };
      op_test::check(
          {.operands = {{.dims = s.image(op_test::B)}},
           .op = [&](auto& x) { return part(probabilistic_max_pool(x[0], s.options())); },
           .reference =
               [&](auto& in) {
                 return reference(s, in[0], nullptr)[static_cast<std::size_t>(which)];
               }});
      op_test::check(
          {.operands = {{.dims = s.image(op_test::B)}, {.dims = s.pools(op_test::B)}},
           .op = [&](auto& x) { return part(probabilistic_max_pool(x[0], x[1], s.options())); },
           .reference =
               [&](auto& in) {
                 return reference(s, in[0], &in[1])[static_cast<std::size_t>(which)];
               }});
    }
}

TEST_CASE("probabilistic_max_pool: nothing overflows, and no gradient is lost",
          "[op][probabilistic_max_pool]") {
  const Sizes s{2, 4, 1, 2, 2};
  const Array z{{1, 2, 4, 1}, {1e4, -1e4, -1e4, -2e4, 50, 0, -3e4, -1e4}};
  const op_test::Build p = [&](auto& x) {
    return AnyExpr(probabilistic_max_pool(x[0], s.options()).p.value());
  };
  const op_test::Build h = [&](auto& x) {
    return AnyExpr(probabilistic_max_pool(x[0], s.options()).h.value());
  };
  CHECK(op_test::evaluate<float>(p, {z}).values == op_test::Numbers{1, 0});
  CHECK(op_test::evaluate<float>(h, {z}).values == op_test::Numbers{1, 0, 0, 0, 0, 0, 0, 0});
  for (const op_test::Build& each : {p, h}) {
    const std::vector<Array> slopes = op_test::gradients(each, {z}, op_test::Batch::yes);
    for (const double g : slopes[0].values) CHECK(std::isfinite(g));
  }
  // p of numbers far below 0 is their exponential, not 1 - 1.
  const Array low{{1, 2, 4, 1}, op_test::Numbers(8, -50)};
  for (const double v : op_test::evaluate(p, {low}).values)
    CHECK(v == Approx(4 * std::exp(-50.)).epsilon(1e-12));
}

TEST_CASE(
    "probabilistic_max_pool: draws are one of a window or none, as often as the "
    "probabilities say",
    "[op][probabilistic_max_pool]") {
  const Sizes s{3, 4, 2, 2, 3};
  Array z{s.image(2), {}}, t{s.pools(2), {}};
  for (int i = 0; i < 48; ++i) z.values.push_back(std::sin(i * 1.7) * 2 - 1);
  for (int i = 0; i < 16; ++i) t.values.push_back(std::cos(i * .9));
  const auto wanted = reference(s, z, &t);
  const op_test::Build op = [&](auto& x) {
    const auto units = probabilistic_max_pool(x[0], x[1], s.options());
    const auto drawn = sample_pooled_units(units, s.options());
    return concatenate(flatten(AnyExpr(drawn.h.value())), flatten(AnyExpr(drawn.p.value())));
  };
  constexpr int count = 20000;
  std::vector<double> h(48), p(16);
  for (const Array& each : op_test::draws(op, {z, t}, {.seed = 9, .count = count})) {
    for (std::size_t n = 0; n < 2; ++n) {
      const double* const row = each.values.data() + n * 32;
      double on = 0, pools = 0;
      for (std::size_t i = 0; i < 24; ++i) {
        REQUIRE((row[i] == 0 || row[i] == 1));
        h[n * 24 + i] += row[i] / count;
        on += row[i];
      }
      for (std::size_t i = 0; i < 8; ++i) {
        p[n * 8 + i] += row[24 + i] / count;
        pools += row[24 + i];
      }
      REQUIRE(on == pools);  // one detector for each pool that is on
    }
  }
  const auto close = [&](const std::vector<double>& found, const Array& to) {
    for (std::size_t i = 0; i < found.size(); ++i) {
      const double q = to.values[i];
      CHECK(std::abs(found[i] - q) <= 5 * std::sqrt(q * (1 - q) / count));
    }
  };
  close(h, wanted[1]);
  close(p, wanted[0]);
}

TEST_CASE("probabilistic_max_pool: neighbouring units of vectors", "[op][probabilistic_max_pool]") {
  op_test::check(
      {.operands = {{.dims = {op_test::B, 7}}},
       .op = [](auto& x) { return AnyExpr(probabilistic_max_pool_channels(x[0], 3).p.value()); },
       .reference =
           [](auto& in) {
             Array y{{in[0].dims[0], 3}, {}};
             for (int n = 0; n < in[0].dims[0]; ++n)
               for (int k = 0; k < 3; ++k) {
                 double sum = 0;
                 for (int i = 3 * k; i < std::min(7, 3 * k + 3); ++i)
                   sum += std::exp(in[0].values[static_cast<std::size_t>(n * 7 + i)]);
                 y.values.push_back(sum / (1 + sum));
               }
             return y;
           }});
}

TEST_CASE("probabilistic_max_pool: Spaces, and what it refuses", "[op][probabilistic_max_pool]") {
  using X = Batch<Conv2DSpace<7, 6, 4>>;
  using Units = decltype(probabilistic_max_pool(std::declval<Expr<X>>(), pool<2>));
  STATIC_REQUIRE(std::is_same_v<decltype(Units::p)::space, Batch<Conv2DSpace<4, 3, 4>>>);
  STATIC_REQUIRE(std::is_same_v<decltype(Units::h)::space, X>);
  const auto x = input("x", Conv2DSpace(4, 4, 1));
  CHECK_THROWS_AS(probabilistic_max_pool(x, pool<3>, stride<2>), ShapeError);
  CHECK_THROWS_AS(probabilistic_max_pool(x, pool<3>, border::valid), ShapeError);
  CHECK_THROWS_AS(probabilistic_max_pool_channels(AnyExpr(input("v", VectorSpace(3)).value()), 4),
                  ShapeError);
}
