// Allocations, counted: `ours` are calls from this program and libansatz.a (the linker leads those
// here, see --wrap in CMakeLists.txt) and every operator new; `all` includes OpenBLAS, libgomp
// and the C library.
#pragma once

namespace bench {

struct Allocations {
  long ours = 0, all = 0;
};
Allocations allocations();

}  // namespace bench
