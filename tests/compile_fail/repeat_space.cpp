// repeat: the body returns values of the Spaces it was given
// expect-gcc: repeat of [examples, 784] and [examples, 10]: the body must return values of the
// expect-clang: repeat of [examples, 784]
// expect-clang: [examples, 10]: the body must
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
  auto W = parameter<Matrix<784, 784>>("W");
#else
  auto W = parameter<Matrix<784, 10>>("W");
#endif
  auto y = repeat(
      scalar("n"), [&](auto v) { return matmul(v, W); }, x);
  return function(output("y", y));
});
