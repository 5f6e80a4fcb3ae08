// two inputs, parameters or scalars have two names
// expect: one name
// expect: x, of
// max-lines-gcc: 4
// max-lines-clang: 7
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {  // error here
  auto x = input<Pixels>("x");
#ifdef TWIN
  return function(output("y", scalar("rate") * x));
#else
  return function(output("y", scalar("x") * x));
#endif
});
