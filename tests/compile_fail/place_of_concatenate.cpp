// concatenate: sizes that only the objects know
// expect: concatenate of [3, 4] and
// expect-gcc: but the concatenated one must agree, at
// expect-gcc: place_of_concatenate.cpp:19:
// max-lines-gcc: 4
// max-lines-clang: 7
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

auto step = compile([] {
  auto a = parameter("a", Matrix(3, 4));
  auto b = parameter("b", Matrix(3, 5));
#ifdef TWIN
  auto y = concatenate(a, b);
#else
  auto y = concatenate(axis<0>, a, b);
#endif
  return function(output("y", y));
});
