// slice: at least one element
// expect: SliceFits
// expect: slice
// expect: Batch<Pixels
// expect: Range<800, 900
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input<Pixels>("x");
#ifdef TWIN
  auto y = slice(x, axis<0>, range<700, 800>);
#else
  auto y = slice(x, axis<0>, range<800, 900>);  // error here
#endif
  return function(output("y", y));
});
