// an op of one's own: no derivative must be said
// expect-gcc: Op = Own
// expect-clang: Elementwise<Own, 2>
// within: 20
// max-lines-gcc: 20
// max-lines-clang: 26
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

struct Own : Elementwise<Own, 2> {
  static constexpr const char* name = "own";
  template <class X>
  static X value(X a, X b) {
    return a * b;
  }
#ifdef TWIN
  static constexpr auto vjp(auto a, auto b, auto, auto g) { return gradients(g * b, g * a); }
#endif
};

auto step = compile([] {
  auto x = input<Pixels>("x");
  return function(output("y", apply<Own>(x, x)));
});
