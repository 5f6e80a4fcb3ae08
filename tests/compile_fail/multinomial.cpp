// multinomial: a probability for each class
// expect: HasClasses
// expect: multinomial
// expect: Scalar
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input<Pixels>("x");
#ifdef TWIN
  auto y = multinomial(x);
#else
  auto y = multinomial(sum(x));  // error here
#endif
  return function(output("y", y));
});
