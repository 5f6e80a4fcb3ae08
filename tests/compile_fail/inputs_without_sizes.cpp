// inputs: the type says all sizes of all sources, or they are given
// expect: AllSizesKnown
// expect: inputs
// expect: CompositeSpace
// expect: VectorSpace<
#include <dsl/compile.hpp>
#include <dsl/composite.hpp>

using namespace ansatz;

auto step = compile([] {
#ifdef TWIN
  auto [x] = inputs(CompositeSpace(source<"features">(VectorSpace(784))));
#else
  auto [x] = inputs<CompositeSpace<Source<"features", VectorSpace<>>>>();  // error here
#endif
  return function(output("y", 2 * x));
});
