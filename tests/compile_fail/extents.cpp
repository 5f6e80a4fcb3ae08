// add: a batch of examples does not meet a batch of chains
// expect: OperandsBroadcast
// expect: Batch<Pixels
// expect: chains
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input<Pixels>("x");
  auto h = state<Batch<Pixels, chains>>("h");
#ifdef TWIN
  auto y = x + mean(h, batch);
#else
  auto y = x + h;  // error here
#endif
  return function(output("y", y), output("h", h));
});
