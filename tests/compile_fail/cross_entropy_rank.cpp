// cross_entropy: a label, or a probability for each class
// expect: TargetsFit
// expect: cross_entropy
// expect: VectorSpace<10>
// expect: Conv2DSpace<2, 5, 1
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto p = input<VectorSpace<10>>("p");
  auto t = input<Conv2DSpace<2, 5, 1>>("t");
#ifdef TWIN
  auto y = cross_entropy(p, flatten(t));
#else
  auto y = cross_entropy(p, t);  // error here
#endif
  return function(output("y", y));
});
