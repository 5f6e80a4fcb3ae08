// expect: take_rows
// expect: Words
#include <dsl/ops/take_rows.hpp>

using namespace ansatz;

#ifdef TWIN
struct Words : IndexSpace<1000, 4> {};
#else
struct Words : IndexSpace<1001, 4> {};
#endif

auto embedded() {
  return take_rows(parameter<Matrix<1000, 64>>("E"), input<Words>("words"));  // error here
}
