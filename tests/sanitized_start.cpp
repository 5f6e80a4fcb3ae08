// Part of the program where clang's address sanitizer watches it. Most of a start went to page
// faults: in the sanitizer's tables, which the search for leaks reads from end to end, and where it
// keeps the frames of functions that returned. In huge pages they are a few.
#include <cstddef>
#include <cstdint>

#include <sanitizer/asan_interface.h>
#include <sys/mman.h>

extern "C" char __bss_start[], _end[];  // set by the linker

namespace {

// Advice: nothing hangs on whether the system takes it.
void in_huge_pages(void* begin, std::size_t size) {
  constexpr std::uintptr_t page = 4096;
  const std::uintptr_t first = reinterpret_cast<std::uintptr_t>(begin) / page * page;
  madvise(reinterpret_cast<void*>(first), size, MADV_HUGEPAGE);
}

// Before all others, as pages that were touched stay as they are.
__attribute__((constructor(101))) void prepare_sanitizer() {
  in_huge_pages(__bss_start, static_cast<std::size_t>(_end - __bss_start));
  // Of eleven sizes of frames a megabyte each, and what tells which are in use.
  constexpr std::size_t all_frames = 12 << 20;
  if (void* const frames = __asan_get_current_fake_stack()) in_huge_pages(frames, all_frames);
}

}  // namespace
