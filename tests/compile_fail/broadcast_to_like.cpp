// broadcast_to: NumPy's rule leads to the other's shape
// expect: RepeatsTo
// expect: broadcast_to
// expect: VectorSpace<500>
// expect: Batch<Pixels
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input<Pixels>("x");
  auto b = parameter<VectorSpace<500>>("b");
  auto c = parameter<VectorSpace<784>>("c");
#ifdef TWIN
  auto y = broadcast_to(c, x);
#else
  auto y = broadcast_to(b, x);  // error here
#endif
  return function(output("y", y), output("b", b));
});
