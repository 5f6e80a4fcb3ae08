// clip: shapes must broadcast
// expect: OperandsBroadcast
// expect: clip
// expect: Batch<Pixels
// expect: VectorSpace<500>
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
  auto y = clip(x, c, 1);
#else
  auto y = clip(x, b, 1);  // error here
#endif
  return function(output("y", y), output("b", b), output("c", c));
});
