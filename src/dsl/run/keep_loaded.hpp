// Code and constants of a shared object that others borrow.
#pragma once

namespace ansatz::running {

/// Keeps the object that `address` lies in loaded until the process ends, so that what was borrowed
/// of it outlives `dlclose`. False when there is no such object (any more).
bool keep_loaded(const void* address);

}  // namespace ansatz::running
