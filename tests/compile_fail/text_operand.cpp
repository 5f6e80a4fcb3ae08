// an operand is an expression or a number
// expect: OperandsBroadcast
// expect: operator+
// expect: char
#include <dsl/compile.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

auto step = compile([] {
  const auto x = input<VectorSpace<5>>("x");
#ifdef TWIN
  const auto y = x + 'a';
#else
  const auto y = x + "a";  // error here
#endif
  return function(output("y", y));
});
