// Tensor: a value has at most eight dimensions
// expect: AtMostEightDimensions
#include <dsl/space.hpp>

using namespace ansatz;

#ifdef TWIN
using Many = Tensor<2, 1, 2, 1, 2, 1, 2, 1>;
#else
using Many = Tensor<2, 1, 2, 1, 2, 1, 2, 1, 2>;  // error here
#endif
