// build: float or double
// expect: FloatOrDouble
// expect: build
#include <dsl/build.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

Program<float> step() {
  const auto x = input<VectorSpace<5>>("x");
#ifdef TWIN
  return build<float>(function(output("y", x)));
#else
  return build<int>(function(output("y", x)));  // error here
#endif
}
