// state: the type says all sizes, or they are given
// expect: SizesKnown
// expect: state
// expect: VectorSpace<
// expect: chains
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
#ifdef TWIN
  auto y = state("h", Batch<VectorSpace<>, chains>(VectorSpace<>(500)));
#else
  auto y = state<Batch<VectorSpace<>, chains>>("h");  // error here
#endif
  return function(output("y", y));
});
