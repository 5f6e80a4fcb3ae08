// parameter: it stores numbers
// expect: StoresNumbers
// expect: parameter
// expect: IndexSpace<10
#include <dsl/compile.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

auto step = compile([] {
#ifdef TWIN
  auto y = parameter("h", VectorSpace(10));
#else
  auto y = parameter("h", IndexSpace<10, 3>());  // error here
#endif
  return function(output("y", y));
});
