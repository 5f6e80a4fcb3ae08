// input: the type says all sizes, or they are given
// expect: SizesKnown
// expect: input
// expect: VectorSpace<
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
#ifdef TWIN
  auto y = input("x", VectorSpace(784));
#else
  auto y = input<VectorSpace<any>>("x");  // error here
#endif
  return function(output("y", y));
});
