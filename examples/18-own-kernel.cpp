// An op whose result is no formula of single numbers: a function of whole operands, written by
// hand, with its derivative as an expression of the language.
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

#include <cstdio>

using namespace ansatz;

namespace mine {

// y_i = x_0 + x_1 + … + x_i along the last axis, forwards or backwards
struct RunningSum : ops::KernelOp<RunningSum> {
  static constexpr const char* name = "mine::running_sum";
  static constexpr int arity = 1;
  static constexpr ir::Takes takes = ir::Elements::numbers;
  static constexpr bool total = true;  // throws for no values
  template <class T>
  static void kernel(const ir::KernelArgs<T>& a) {
    const T* x = static_cast<const T*>(a.in[0]);
    T* y = static_cast<T*>(a.out);
    const long n = a.out_dims[a.out_rank - 1];
    long rows = 1;
    for (int k = 0; k + 1 < a.out_rank; ++k) rows *= a.out_dims[k];
    const bool backwards = a.attr->i[0] != 0;
    for (long r = 0; r < rows; ++r, x += n, y += n) {
      T sum = 0;
      for (long i = 0; i < n; ++i) {
        const long at = backwards ? n - 1 - i : i;
        y[at] = sum += x[at];
      }
    }
  }
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr&) {
    if (in[0].rank == 0) return ir::refused("a number has no axis to sum along");
    return {in[0]};
  }
  static constexpr double flops(const ir::Shape* in, int, const ir::Attr&) {
    return ir::elements(in[0]);
  }
  // What x_j gets is the sum of g_i with i >= j: the same op the other way round.
  static constexpr void vjp(ir::VjpContext& c) {
    ir::Attr other = c.attr();
    other.i[0] = !other.i[0];
    c.give(0, ir::make(ir::info_of<RunningSum>, other, c.g().value()));
  }
};

template <class S>
constexpr Expr<S> running_sum(const Expr<S>& x) {
  ir::require_numbers("running_sum", x.value());
  return Expr<S>(ir::make(ir::info_of<RunningSum>, ir::Attr{}, x.value()));
}

}  // namespace mine

int main() {
  auto f = compile<double>([] {
    const auto x = input<VectorSpace<4>>("x");
    const auto y = mine::running_sum(x);
    const auto cost = sum(square(y)) / 2;
    return function(output("y", y), output("slope", grad(cost, x)));
  });
  const double x[] = {1, 2, 3, 4, 1, 0, 0, -1};
  const auto r = f({{"x", view(x, Dims{2, 4})}});
  for (const char* name : {"y", "slope"}) {
    std::printf("%-6s", name);
    for (int i = 0; i < 8; ++i) std::printf("%s%g", i == 4 ? "   " : " ", r[name].data()[i]);
    std::printf("\n");
  }
}
