// reshape: a Space, not the sizes alone
// expect: GivenAsASpace
// expect: reshape
#include <dsl/compile.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

auto step = compile([] {
  const auto x = input<VectorSpace<784>>("x");
#ifdef TWIN
  const auto y = reshape<Matrix<7, 112>>(x);
#else
  const auto y = reshape(x, 7, 112);  // error here
#endif
  return function(output("y", y));
});
