// A program that builds its function at run time: the compiler inside it is what check.py must see
// here, so that the names it looks for stay right.
#include <cstdio>
#include <vector>

#include <dsl/build.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

int main() {
  using namespace ansatz;
  const auto x = input<VectorSpace<2>>("x");
  const auto w = parameter<VectorSpace<2>>("w");
  const auto cost = mean(softplus(sum(x * w, units)));
  auto step = build(function(output("cost", cost), update(w, w - grad(cost, w))));
  const std::vector<float> values(4 * 2, 1.0f);
  const float result = step({{"x", view(values.data(), {4, 2})}})["cost"];
  std::printf("%s\n", result > 0.69f && result < 0.70f ? "right" : "wrong");
}
