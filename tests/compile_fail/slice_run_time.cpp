// slice: the axis must be there, also for places known at run time
// expect: SliceFits
// expect: slice
// expect: Batch<Pixels
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input<Pixels>("x");
#ifdef TWIN
  auto y = slice(x, axis<0>, 0, 10);
#else
  auto y = slice(x, axis<1>, 0, 10);  // error here
#endif
  return function(output("y", y));
});
