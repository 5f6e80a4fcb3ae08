// reshape: as many elements
// expect: SameElements
// expect: reshape
// expect: Batch<Pixels
// expect: Conv2DSpace<28, 27, 1
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input<Pixels>("x");
#ifdef TWIN
  auto y = reshape<Conv2DSpace<28, 28, 1>>(x);
#else
  auto y = reshape<Conv2DSpace<28, 27, 1>>(x);  // error here
#endif
  return function(output("y", y));
});
