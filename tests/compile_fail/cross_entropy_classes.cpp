// cross_entropy: as many classes in the targets as in the predictions
// expect: TargetsFit
// expect: cross_entropy
// expect: VectorSpace<5>
// expect: IndexSpace<10
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto p = input<VectorSpace<5>>("p");
  auto q = input<VectorSpace<10>>("q");
  auto t = input<IndexSpace<10>>("t");
#ifdef TWIN
  auto y = cross_entropy(q, t);
#else
  auto y = cross_entropy(p, t);  // error here
#endif
  return function(output("y", y), output("p", p));
});
