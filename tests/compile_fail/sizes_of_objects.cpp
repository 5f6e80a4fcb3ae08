// matmul: sizes that only the objects know
// expect: matmul
// expect-gcc: sizes_of_objects.cpp:24:
// expect-gcc: matmul of [examples, 784] and [500, 10]: inner dimensions must agree
// expect-clang: matmul of [examples, 784] and
// expect-clang: [500, 10]: inner dimensions
// max-lines-gcc: 4
// max-lines-clang: 7
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input("x", VectorSpace(784));
#ifdef TWIN
  auto W = parameter("W", Matrix(784, 10));
#else
  auto W = parameter("W", Matrix(500, 10));
#endif
  auto y = matmul(x, W);
  return function(output("y", y));
});
