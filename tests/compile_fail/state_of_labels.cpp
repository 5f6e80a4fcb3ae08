// state: it stores numbers
// expect: StoresNumbers
// expect: state
// expect: IndexSpace<10
#include <dsl/compile.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

auto step = compile([] {
#ifdef TWIN
  auto y = state<VectorSpace<10>>("h");
#else
  auto y = state<IndexSpace<10>>("h");  // error here
#endif
  return function(output("y", y));
});
