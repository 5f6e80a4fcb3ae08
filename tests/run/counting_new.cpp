#include "counting_new.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

// Apart from the tests: g++ warns of a mismatched free where it sees both inlined. Weak: clang's
// sanitizers bring their own definitions, which then count nothing.
namespace {

std::atomic<std::size_t> allocations = 0;

void* counted(std::size_t bytes, std::size_t alignment) {
  ++allocations;
  const std::size_t size = (bytes + alignment - 1) / alignment * alignment;
  void* p = std::aligned_alloc(alignment, size ? size : alignment);
  return p;
}

void* or_throw(void* p) {
  if (!p) throw std::bad_alloc();
  return p;
}

}  // namespace

std::size_t counted_allocations() { return allocations; }

[[gnu::weak]] void* operator new(std::size_t bytes) { return or_throw(counted(bytes, 16)); }
[[gnu::weak]] void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return or_throw(counted(bytes, static_cast<std::size_t>(alignment)));
}
[[gnu::weak]] void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  return counted(bytes, 16);
}
[[gnu::weak]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::weak]] void operator delete(void* p, const std::nothrow_t&) noexcept { std::free(p); }
[[gnu::weak]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }
[[gnu::weak]] void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
[[gnu::weak]] void operator delete(void* p, std::size_t, std::align_val_t) noexcept {
  std::free(p);
}
