// reshape: numbers of elements that only the objects know
// expect-gcc: must have as many elements, and the batch where it was, at
// expect-gcc: place_of_reshape.cpp:19:
// expect-clang: reshape of [examples, 12] and
// expect-clang: as many elements
// max-lines-gcc: 4
// max-lines-clang: 7
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

auto step = compile([] {
  auto x = input("x", VectorSpace(12));
#ifdef TWIN
  auto y = reshape(x, Matrix(3, 4));
#else
  auto y = reshape(x, Matrix(3, 5));
#endif
  return function(output("y", y));
});
