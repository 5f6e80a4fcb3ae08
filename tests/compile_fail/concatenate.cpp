// concatenate: other dimensions must agree
// expect: OtherDimensionsAgree
// expect: concatenate
// expect: Matrix<3, 4>
// expect: Matrix<5, 6>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto a = parameter<Matrix<3, 4>>("a");
  auto b = parameter<Matrix<5, 6>>("b");
  auto c = parameter<Matrix<5, 4>>("c");
#ifdef TWIN
  auto y = concatenate(axis<0>, a, c);
#else
  auto y = concatenate(axis<0>, a, b);  // error here
#endif
  return function(output("y", y), output("b", b), output("c", c));
});
