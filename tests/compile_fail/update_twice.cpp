// update: one new value
// expect-gcc: update: the parameter W has two new values
// expect-clang: update: the parameter W has two
// max-lines-gcc: 4
// max-lines-clang: 7
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {  // error here
  auto W = parameter<VectorSpace<784>>("W");
#ifdef TWIN
  return function(update(W, 0.9 * W));
#else
  return function(update(W, 0.9 * W), update(W, 0.5 * W));
#endif
});
