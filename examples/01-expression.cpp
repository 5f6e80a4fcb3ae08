// An expression, its gradient, and what becomes of them.
#include <dsl/compile.hpp>
#include <dsl/explain.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>
#include <dsl/tree.hpp>

#include <array>
#include <cmath>
#include <cstdio>
#include <string>

using namespace ansatz;

int main() {
  // The lambda runs inside the compiler. Nothing in it computes; it builds an expression, whose
  // gradient is an expression, too.
  auto f = compile<double>([] {
    auto x = shared_input<VectorSpace<4>>("x");
    auto y = sum(x * exp(-x));
    return function(output("y", y), output("slope", grad(y, x)));
  });

  const std::array x{0.0, 0.5, 1.0, 2.0};
  auto r = f({{"x", x}});
  std::printf("y = sum of x exp(-x) = %.6f\n", r["y"].scalar());
  for (int i = 0; i < 4; ++i) {
    std::printf("x = %.1f: dy/dx = %8.5f, and exp(-x) (1 - x) = %8.5f\n", x[i],
                r["slope"].data()[i], std::exp(-x[i]) * (1 - x[i]));
  }

  // The tree is a type: y = sum over axis 0 of x * exp(-x).
  using namespace ansatz::tree;
  using X = Leaf<ops::Input, "x", VectorSpace<4>::known>;
  using Tree =
      Node<Over<ops::Sum, 1>, Node<ops::Multiply, X, Node<ops::Exp, Node<ops::Negate, X>>>>;
  static_assert(std::is_same_v<tree_t<decltype(f), "y">, Tree>);

  // What is left for run time.
  const std::string plan = explain(f);
  const auto loops = plan.find("fused loops");
  std::printf("\n%s", plan.substr(loops, plan.find("a call") - loops).c_str());
}
