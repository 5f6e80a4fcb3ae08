// update: one new value
// expect: two new values
// What only the evaluation finds is shown with the calls that led there.
// within: 20
// max-lines-gcc: 14
// max-lines-clang: 26
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto W = parameter<VectorSpace<784>>("W");
#ifdef TWIN
  return function(update(W, 0.9 * W));
#else
  return function(update(W, 0.9 * W), update(W, 0.5 * W));
#endif
});
