// Part of the program where clang's address sanitizer watches it. Most of a start went to page
// faults: in the sanitizer's tables, which the search for leaks reads from end to end, in what it
// knows of global objects, and where it keeps the frames of functions that returned. In huge pages
// they are a few.
#include <cstddef>
#include <cstdint>

#include <sanitizer/asan_interface.h>
#include <sys/mman.h>

extern "C" {
extern char __executable_start[], __bss_start[], _end[];  // set by the linker
void __asan_get_shadow_mapping(std::size_t* scale, std::size_t* offset);
}

namespace {

constexpr std::size_t huge_page = 2 << 20;

// Advice: nothing hangs on whether the system takes it.
void in_huge_pages(std::uintptr_t begin, std::uintptr_t end) {
  constexpr std::uintptr_t page = 4096;
  const std::uintptr_t first = begin / page * page;
  madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
}

std::uintptr_t number(const void* address) { return reinterpret_cast<std::uintptr_t>(address); }

// So that the tables begin with a huge page.
alignas(huge_page) [[gnu::used]] char first_of_tables[1];

// Before the objects are told to the sanitizer, as pages that were touched stay as they are.
void prepare_sanitizer() {
  in_huge_pages(number(__bss_start), number(_end));
  std::size_t scale = 0, offset = 0;
  __asan_get_shadow_mapping(&scale, &offset);
  in_huge_pages((number(__executable_start) >> scale) + offset, (number(_end) >> scale) + offset);
}
[[gnu::section(".preinit_array"), gnu::used]] void (*const first_of_all)() = prepare_sanitizer;

// Before all constructors, which have frames.
[[gnu::constructor(101)]] void prepare_frames() {
  // Of eleven sizes of frames a megabyte each, and what tells which are in use.
  constexpr std::size_t all_frames = 12 << 20;
  if (void* const frames = __asan_get_current_fake_stack())
    in_huge_pages(number(frames), number(frames) + all_frames);
}

}  // namespace
