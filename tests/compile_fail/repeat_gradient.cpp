// grad: through a loop whose count is known at run time there is none
// expect-gcc: repeat of [examples, 784]: a gradient needs a constant count
// expect-clang: repeat of [examples, 784]: a
// expect-clang: gradient needs a constant count
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
  auto y = repeat(
      3, [](auto v) { return v * 2; }, x);
#else
  auto y = repeat(
      scalar("n"), [](auto v) { return v * 2; }, x);
#endif
  return function(output("g", grad(sum(y), x)));
});
