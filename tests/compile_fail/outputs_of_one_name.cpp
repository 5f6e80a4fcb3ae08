// two outputs have two names
// expect: two outputs
// expect: one name: y
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
  return function(output("y", x), output("z", sum(x)));
#else
  return function(output("y", x), output("y", sum(x)));
#endif
});
