/* Preloaded into g++ (see with_huge_pages.sh): its memory, and the precompiled headers it reads, lie
   in huge pages, where the system gives them on advice alone. Where page faults are dear, as under
   some hypervisors, a unit of the library takes a tenth less time so, a test behind a precompiled
   header a fifth. What the compiler gives back is not used again: it gives back little. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { small_page = 4096, huge_page = 2 << 20, large_file = 16 << 20 };
static const size_t all = (size_t)64 << 30; /* of addresses, not of memory */

static void *system_mmap(void *where, size_t size, int protection, int flags, int file, off_t at) {
  return (void *)syscall(SYS_mmap, where, size, protection, flags, file, at);
}

/* From one range, so that small pieces share huge pages; a null pointer at its end. The compiler has
   one thread. */
static void *from_range(size_t size) {
  static char *next, *end;
  if (!next) {
    char *range = system_mmap(NULL, all, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (range == MAP_FAILED) return NULL;
    next = range + (huge_page - (uintptr_t)range % huge_page) % huge_page;
    end = range + all;
    madvise(next, (size_t)(end - next), MADV_HUGEPAGE);
  }
  size = (size + small_page - 1) / small_page * small_page;
  if (size > (size_t)(end - next)) return NULL;
  char *result = next;
  next += size;
  return result;
}

/* A precompiled header is written to all over while it is used: it is read, not mapped. */
static void *read_file(void *where, size_t size, int file, off_t at) {
  char *result =
      system_mmap(where, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (result == MAP_FAILED) return NULL;
  madvise(result, size, MADV_HUGEPAGE);
  for (size_t done = 0; done < size;) {
    ssize_t n = pread(file, result + done, size - done, at + (off_t)done);
    if (n == 0) break;
    if (n > 0) {
      done += (size_t)n;
    } else if (errno != EINTR) {
      munmap(result, size);
      return NULL;
    }
  }
  return result;
}

void *mmap(void *where, size_t size, int protection, int flags, int file, off_t at) {
  static int is_compiler = -1;
  if (is_compiler < 0) is_compiler = strncmp(program_invocation_short_name, "cc1", 3) == 0;
  if (is_compiler && protection == (PROT_READ | PROT_WRITE) && size > 0) {
    void *result = NULL;
    if (flags == (MAP_PRIVATE | MAP_ANONYMOUS) && !where)
      result = from_range(size);
    else if (flags == MAP_PRIVATE && size >= large_file)
      result = read_file(where, size, file, at);
    if (result) return result;
  }
  return system_mmap(where, size, protection, flags, file, at);
}

void *mmap64(void *, size_t, int, int, int, off_t) __attribute__((alias("mmap")));
