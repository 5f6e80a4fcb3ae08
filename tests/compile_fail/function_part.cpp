// function: outputs and updates
// expect: FunctionPart
// expect: function
// expect: Scalar
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto cost = sum(input<Pixels>("x"));
#ifdef TWIN
  return function(output("cost", cost));
#else
  return function(cost);  // error here
#endif
});
