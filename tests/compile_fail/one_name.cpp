// two inputs, parameters or scalars have two names
// expect: have one name
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
  auto x = input<Pixels>("x");
#ifdef TWIN
  return function(output("y", scalar("rate") * x));
#else
  return function(output("y", scalar("x") * x));
#endif
});
