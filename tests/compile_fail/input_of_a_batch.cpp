// input: the Space of one example, which it makes a batch of
// expect: OneExample
// expect: input
// expect: Batch<
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
#ifdef TWIN
  auto x = input<Pixels>("x");
#else
  auto x = input<Batch<Pixels>>("x");  // error here
#endif
  return function(output("y", 2 * x));
});
