// take_rows: the indices are labels
// expect: RowsFit
// expect: take_rows
// expect: Matrix<784, 10>
// expect: Batch<Pixels
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input<Pixels>("x");
  auto W = parameter<Matrix<784, 10>>("W");
  auto t = input<IndexSpace<10>>("t");
#ifdef TWIN
  auto y = take_rows(W, t);
#else
  auto y = take_rows(W, x);  // error here
#endif
  return function(output("y", y), output("x", x));
});
