// compile: float or double
// expect: FloatOrDouble
// expect: compile
// expect: int
#include <dsl/compile.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

#ifdef TWIN
using Precision = double;
#else
using Precision = int;
#endif
auto step = compile<Precision>([] {  // error here
  return function(output("y", input<VectorSpace<5>>("x")));
});
