// sigmoid_binary_cross_entropy: a target for each unit
// expect: ShapesBroadcast
// expect: sigmoid_binary_cross_entropy
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
  auto y = sigmoid_binary_cross_entropy(x, c);
#else
  auto y = sigmoid_binary_cross_entropy(x, b);  // error here
#endif
  return function(output("y", y), output("b", b), output("c", c));
});
