// one_hot: labels, not numbers
// expect: HasLabels
// expect: one_hot
// expect: Batch<Pixels
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input<Pixels>("x");
  auto t = input<IndexSpace<10>>("t");
#ifdef TWIN
  auto y = one_hot(t);
#else
  auto y = one_hot(x);  // error here
#endif
  return function(output("y", y), output("x", x));
});
