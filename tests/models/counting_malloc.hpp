// How often this process asks for memory: every malloc of it, and so every operator new.
#pragma once

namespace model_test {

/// False where a sanitizer has an allocator of its own.
bool allocations_are_counted();

/// From now on, calls of malloc, calloc, realloc, aligned_alloc, posix_memalign and memalign are
/// counted, by all threads; those that the BLAS makes for itself are not.
void count_allocations();
/// Ends it; how many there were.
long counted_allocations();

}  // namespace model_test
