// where: sizes that only the objects know
// expect-gcc: where of [examples, 12], [examples, 12] and [5]: dimensions must be equal, or one of
// them 1, at expect-gcc: place_of_where.cpp:20: expect-clang: where of [examples, 12],
// expect-clang: dimensions must be equal
// max-lines-gcc: 4
// max-lines-clang: 7
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

auto step = compile([] {
  auto x = input("x", VectorSpace(12));
  auto b = parameter("b", VectorSpace(5));
#ifdef TWIN
  auto y = where(x > 0, x, 0) + 0 * sum(b);
#else
  auto y = where(x > 0, x, b);
#endif
  return function(output("y", y));
});
