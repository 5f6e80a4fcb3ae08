#include "allocations.hpp"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <new>

namespace {
std::atomic<long> ours, all;
}

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t n) {
  ++all;
  return __libc_malloc(n);
}
void* calloc(std::size_t count, std::size_t n) {
  ++all;
  return __libc_calloc(count, n);
}
void* realloc(void* p, std::size_t n) {
  ++all;
  return __libc_realloc(p, n);
}
void* aligned_alloc(std::size_t alignment, std::size_t n) {
  ++all;
  return __libc_memalign(alignment, n);
}
int posix_memalign(void** p, std::size_t alignment, std::size_t n) {
  ++all;
  *p = __libc_memalign(alignment, n);
  return *p ? 0 : ENOMEM;
}

void* __wrap_malloc(std::size_t n) {
  ++ours;
  ++all;
  return __libc_malloc(n);
}
void* __wrap_calloc(std::size_t count, std::size_t n) {
  ++ours;
  ++all;
  return __libc_calloc(count, n);
}
void* __wrap_realloc(void* p, std::size_t n) {
  ++ours;
  ++all;
  return __libc_realloc(p, n);
}
void* __wrap_aligned_alloc(std::size_t alignment, std::size_t n) {
  ++ours;
  ++all;
  return __libc_memalign(alignment, n);
}
int __wrap_posix_memalign(void** p, std::size_t alignment, std::size_t n) {
  ++ours;
  return posix_memalign(p, alignment, n);
}
}

namespace {
void* counted(std::size_t n, std::size_t alignment) {
  ++ours;
  ++all;
  void* p = alignment ? __libc_memalign(alignment, n) : __libc_malloc(n);
  if (!p) throw std::bad_alloc();
  return p;
}
}  // namespace

void* operator new(std::size_t n) { return counted(n, 0); }
void* operator new[](std::size_t n) { return counted(n, 0); }
void* operator new(std::size_t n, std::align_val_t a) { return counted(n, std::size_t(a)); }
void* operator new[](std::size_t n, std::align_val_t a) { return counted(n, std::size_t(a)); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

namespace bench {
Allocations allocations() { return {ours, all}; }
}  // namespace bench
