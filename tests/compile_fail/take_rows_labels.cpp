// take_rows: a row for each label
// expect: RowsFit
// expect: take_rows
// expect: Matrix<5, 3>
// expect: IndexSpace<10
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto t = input<IndexSpace<10>>("t");
  auto V = parameter<Matrix<5, 3>>("V");
  auto U = parameter<Matrix<10, 3>>("U");
#ifdef TWIN
  auto y = take_rows(U, t);
#else
  auto y = take_rows(V, t);  // error here
#endif
  return function(output("y", y), output("V", V));
});
