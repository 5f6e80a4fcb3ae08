// Tensor: a value has at most eight dimensions
// expect: AtMostEightDimensions
// max-lines-gcc: 13
#include <dsl/compile.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

#ifdef TWIN
using Many = Tensor<2, 1, 2, 1, 2, 1, 2, 1>;
#else
using Many = Tensor<2, 1, 2, 1, 2, 1, 2, 1, 2>;  // error here
#endif
