// flatten: the batch must be the outermost axis
// expect: HasFeatures
// expect: flatten
// expect: Tensor<784
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input<Pixels>("x");
#ifdef TWIN
  auto y = flatten(transpose(transpose(x)));
#else
  auto y = flatten(transpose(x));  // error here
#endif
  return function(output("y", y));
});
