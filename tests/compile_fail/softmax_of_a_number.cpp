// softmax: there must be units
// expect: HasAxes
// expect: softmax
// expect: Scalar
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto W = parameter<Matrix<784, 10>>("W");
#ifdef TWIN
  auto y = softmax(sum(W, axis<0>));
#else
  auto y = softmax(sum(W));  // error here
#endif
  return function(output("y", y));
});
