// transpose: a matrix
// expect: AxesPermute
// expect: transpose
// expect: VectorSpace<500>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto b = parameter<VectorSpace<500>>("b");
  auto W = parameter<Matrix<784, 10>>("W");
#ifdef TWIN
  auto y = transpose(W);
#else
  auto y = transpose(b);  // error here
#endif
  return function(output("y", y), output("b", b));
});
