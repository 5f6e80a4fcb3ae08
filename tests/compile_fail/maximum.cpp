// maximum: shapes must broadcast
// expect: OperandsBroadcast
// expect: maximum
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
  auto y = maximum(x, c);
#else
  auto y = maximum(x, b);  // error here
#endif
  return function(output("y", y), output("b", b), output("c", c));
});
