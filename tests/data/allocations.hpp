// Counts what the test program allocates.
#pragma once

namespace ansatz::testing {

/// Calls of operator new so far.
long allocations();

}  // namespace ansatz::testing
