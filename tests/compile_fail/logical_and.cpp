// &&: dimensions must be equal, or one of them 1
// expect: OperandsBroadcast
// expect: operator&&
// expect: VectorSpace<3>
// expect: VectorSpace<4>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

auto step = compile([] {
  auto a = parameter<VectorSpace<3>>("a");
  auto b = parameter<VectorSpace<4>>("b");
#ifdef TWIN
  auto y = (a > 0) && (a < 1);
#else
  auto y = (a > 0) && (b < 1);  // error here
#endif
  return function(output("y", y), output("b", b));
});
