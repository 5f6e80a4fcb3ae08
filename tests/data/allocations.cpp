#include "allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

// In a file of their own: inlined into a caller, g++ takes malloc and delete for a mismatch.
namespace {
std::atomic<long> count{0};
}

void* operator new(std::size_t size) {
  ++count;
  if (void* p = std::malloc(size ? size : 1)) return p;
  throw std::bad_alloc();
}
// The form of Catch: with the sanitizer's own, its delete below would be a mismatch.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++count;
  return std::malloc(size ? size : 1);
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace ansatz::testing {
long allocations() { return count; }
}  // namespace ansatz::testing
