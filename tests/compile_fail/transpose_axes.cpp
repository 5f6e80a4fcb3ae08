// transpose: each axis named once
// expect: AxesPermute
// expect: transpose
// expect: Conv2DSpace<28, 28, 3
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input<Conv2DSpace<28, 28, 3>>("x");
#ifdef TWIN
  auto y = transpose<2, 0, 1>(x);
#else
  auto y = transpose<2, 0, 0>(x);  // error here
#endif
  return function(output("y", y));
});
