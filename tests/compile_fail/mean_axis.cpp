// mean: the axis is part of the type, axis<1> where NumPy has 1
// expect: HasAxes
// expect: int
// expect: Pixels
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input<Pixels>("x");
#ifdef TWIN
  auto y = mean(x, axis<0>);
#else
  auto y = mean(x, 1);  // error here
#endif
  return function(output("y", y));
});
