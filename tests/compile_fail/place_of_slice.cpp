// slice: places that only the evaluation knows
// expect-gcc: slice of [examples, 12]: the slice must have at least one element, at
// expect-gcc: place_of_slice.cpp:19:
// expect-clang: slice of [examples, 12]: the
// expect-clang: element, at
// max-lines-gcc: 4
// max-lines-clang: 7
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

auto step = compile([] {
  auto x = input("x", VectorSpace(12));
#ifdef TWIN
  auto y = slice(x, axis<0>, 4, 5);
#else
  auto y = slice(x, axis<0>, 5, 5);
#endif
  return function(output("y", y));
});
