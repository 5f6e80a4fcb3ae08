// +=: the Space stays the same
// expect: SpaceStays
// expect: operator+=
// expect: Batch<
// expect: VectorSpace<3>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

auto step = compile([] {
  auto x = input<VectorSpace<3>>("x");
  auto b = parameter<VectorSpace<3>>("b");
#ifdef TWIN
  x += b;
#else
  b += x;  // error here
#endif
  return function(output("x", x), output("b", b));
});
