// mean: the axis is not there, which no type says; the sentence ends with the line
// expect-gcc: mean of [examples, 12]: the axes must be there, at
// expect-gcc: place_of_mean.cpp:19:
// expect-clang: mean of [examples, 12]: the
// expect-clang: axes must be there, at
// max-lines-gcc: 4
// max-lines-clang: 7
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

auto step = compile([] {
  AnyExpr x = input("x", VectorSpace(12));
#ifdef TWIN
  auto y = mean(x, axis<0>, keep_axes);
#else
  auto y = mean(x, axis<1>, keep_axes);
#endif
  return function(output("y", y));
});
