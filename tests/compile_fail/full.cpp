// zeros: the sizes of the Space must be known, or given
// expect: SizesKnown
// expect: full
// expect: VectorSpace<>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

auto step = compile([] {
#ifdef TWIN
  auto y = full(VectorSpace(3), 2);
#else
  auto y = full<VectorSpace<>>(2);  // error here
#endif
  return function(output("y", y));
});
