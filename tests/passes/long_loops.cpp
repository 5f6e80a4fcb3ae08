#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

#include <dsl/build.hpp>
#include <dsl/grad.hpp>
#include <dsl/lower.hpp>
#include <dsl/ops.hpp>

namespace {

using namespace ansatz;

Function chain(int ops) {
  const auto x = input("x", VectorSpace(7));
  AnyExpr h(x.value());
  for (int i = 0; i < ops; i += 2) h = tanh(h) + x;
  return function(output("h", h), output("g", grad(sum(sum(h, units)), x)));
}

TEST_CASE("clusters: a long chain becomes several loops, none of them long", "[passes][cluster]") {
  const ir::Plan plan = ir::lower(chain(1000));
  for (const ir::Loop& loop : plan.loops) CHECK(loop.instrs <= 4 * ir::Clusters::largest);
  CHECK(plan.steps.size() >= 2000 / ir::Clusters::largest);
  CHECK(plan.steps.size() <= 4 * 2000 / ir::Clusters::largest);
}

TEST_CASE("clusters: a long chain in several loops has the values of its formula",
          "[passes][cluster]") {
  std::vector<double> x(3 * 7);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 0.1 * double(i) - 1;
  auto f = build<double>(chain(400));
  const auto r = f({{"x", view(x.data(), {3, 7})}});
  for (std::size_t i = 0; i < x.size(); ++i) {
    double h = x[i], slope = 1;
    for (int k = 0; k < 200; ++k) {
      const double t = std::tanh(h);
      slope = slope * (1 - t * t) + 1;
      h = t + x[i];
    }
    CHECK(r["h"].data()[i] == Approx(h).epsilon(1e-12));
    CHECK(r["g"].data()[i] == Approx(slope).epsilon(1e-9));
  }
}

}  // namespace
