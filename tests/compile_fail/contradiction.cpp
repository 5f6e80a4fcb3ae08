// Matrix: the sizes given must be those of the type
// expect: the sizes given must be those of the type
// expect: Matrix
// within: 16
// max-lines-gcc: 24
// max-lines-clang: 24
#include <dsl/compile.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

#ifdef TWIN
inline constexpr Matrix<2, 3> W(2, 3);
#else
inline constexpr Matrix<2, 3> W(2, 4);  // error here
#endif
