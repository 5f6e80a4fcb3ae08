// constant: as many numbers as the Space has
// expect: constant of
// expect: as many numbers
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

auto step = compile([] {
#ifdef TWIN
  return function(output("y", constant<Matrix<2, 2>>({1, 2, 3, 4})));
#else
  return function(output("y", constant<Matrix<2, 2>>({1, 2, 3})));
#endif
});
