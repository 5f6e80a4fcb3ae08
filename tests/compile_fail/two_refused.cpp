// two refused functions: of the second nothing is said until the first is mended
// expect: one name
// expect: x, of
// max-lines-gcc: 4
// max-lines-clang: 7
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

#ifdef TWIN
#define NAME "rate"
#else
#define NAME "x"
#endif

auto step = compile([] {  // error here
  auto x = input<Pixels>("x");
  return function(output("y", scalar(NAME) * x));
});

auto second_step = compile([] {
  auto x = input<Pixels>("x");
  return function(output("y", scalar(NAME) + x));
});
