// repeat: the body returns another shape, which no type says
// expect-gcc: repeat of [examples, 12] and []: the body must return values of the shapes it was
// given, at expect-gcc: place_of_repeat.cpp:19: expect-clang: repeat of [examples, 12] and []:
// expect-clang: the body must return
// max-lines-gcc: 4
// max-lines-clang: 7
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

auto step = compile([] {
  AnyExpr x = input("x", VectorSpace(12));
#ifdef TWIN
  auto y = repeat(
      scalar("n"), [](auto v) { return 2 * v; }, x);
#else
  auto y = repeat(
      scalar("n"), [](auto v) { return AnyExpr(sum(v)); }, x);
#endif
  return function(output("y", y));
});
