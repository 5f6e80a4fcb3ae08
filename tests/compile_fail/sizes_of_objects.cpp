// matmul: sizes that only the objects know
// expect: matmul
// expect: inner dimensions must agree
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
  auto x = input("x", VectorSpace(784));
#ifdef TWIN
  auto W = parameter("W", Matrix(784, 10));
#else
  auto W = parameter("W", Matrix(500, 10));
#endif
  auto y = matmul(x, W);  // error here
  return function(output("y", y));
});
