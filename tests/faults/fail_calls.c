/* Preloaded into a program: the n-th call of some functions fails, as it does on a full disk, without
   memory or threads. Programs that it starts are left alone.

   FAIL_FUNCTIONS  names, with commas: open read write pwrite fsync fdatasync rename close ftruncate
                   unlink fchmod mkdir flock mmap malloc pthread_create
   FAIL_ON         part of a path: only names with it, and descriptors opened under such a name, count
   FAIL_AT         n, from 1; 0: none fails
   FAIL_ERRNO      the number errno becomes
   FAIL_ALWAYS     1: every call from the n-th on fails
   FAIL_COUNT      a file that gets a line "FUNCTION PATH" for each call that counts, but for malloc:
                   of that only their number, at the end */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { most_descriptors = 4096 };

static atomic_long calls;
static long at;
static int number = EIO, always, log_file = -1, ready, memory;
static const char *functions = "", *on;
static char watched[most_descriptors];

static long number_of(const char* name, long otherwise) {
  const char* s = getenv(name);
  return s ? atol(s) : otherwise;
}

static int wanted(const char* f) {
  const size_t n = strlen(f);
  for (const char* p = strstr(functions, f); p; p = strstr(p + 1, f))
    if ((p == functions || p[-1] == ',') && (p[n] == 0 || p[n] == ',')) return 1;
  return 0;
}

__attribute__((constructor)) static void begin(void) {
  at = number_of("FAIL_AT", 0);
  number = (int)number_of("FAIL_ERRNO", EIO);
  always = (int)number_of("FAIL_ALWAYS", 0);
  if (getenv("FAIL_FUNCTIONS")) functions = getenv("FAIL_FUNCTIONS");
  on = getenv("FAIL_ON");
  const char* log = getenv("FAIL_COUNT");
  if (log)
    log_file = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  unsetenv("LD_PRELOAD");
  memory = wanted("malloc");
  ready = 1;
}

__attribute__((destructor)) static void end(void) {
  if (log_file < 0 || !memory) return;
  char line[64];
  const int n = snprintf(line, sizeof line, "%ld\n", (long)calls);
  syscall(SYS_write, log_file, line, n);
}

static int path_counts(const char* p) { return !on || (p && strstr(p, on)); }
static int known(int fd) { return fd >= 0 && fd < most_descriptors; }
static int counts(int fd) { return !on || (known(fd) && watched[fd]); }

static int fails_now(void) {
  const long n = ++calls;
  if (!at || n < at || (n > at && !always)) return 0;
  errno = number;
  return 1;
}

static int fails(const char* f, int counted, const char* path) {
  if (!ready || !counted || !wanted(f)) return 0;
  if (log_file >= 0) {
    char line[512];
    const int n = snprintf(line, sizeof line, "%s %.400s\n", f, path ? path : "");
    syscall(SYS_write, log_file, line, n);
  }
  return fails_now();
}

/* ISO C converts no pointer to an object to one to a function; POSIX has it written so. */
#define REAL(name)               \
  static __typeof__(name)* real; \
  if (!real) *(void**)&real = dlsym(RTLD_NEXT, #name)

static int opened(int fd, int counted) {
  if (known(fd)) watched[fd] = on && counted;
  return fd;
}

#define OPEN(name)                                             \
  int name(const char* path, int flags, ...) {                 \
    REAL(name);                                                \
    va_list list;                                              \
    va_start(list, flags);                                     \
    const mode_t mode = va_arg(list, mode_t);                  \
    va_end(list);                                              \
    const int counted = path_counts(path);                     \
    if (fails("open", counted, path)) return -1;               \
    return opened(real(path, flags, mode), counted);           \
  }
#define OPENAT(name)                                                \
  int name(int folder, const char* path, int flags, ...) {          \
    REAL(name);                                                     \
    va_list list;                                                   \
    va_start(list, flags);                                          \
    const mode_t mode = va_arg(list, mode_t);                       \
    va_end(list);                                                   \
    const int counted = path_counts(path) || (on && counts(folder)); \
    if (fails("open", counted, path)) return -1;                    \
    return opened(real(folder, path, flags, mode), counted);        \
  }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

#define BY_DESCRIPTOR(type, name, function, parameters, arguments) \
  type name parameters {                                           \
    REAL(name);                                                    \
    if (fails(function, counts(fd) && fd > 2, NULL)) return -1;    \
    return real arguments;                                         \
  }
BY_DESCRIPTOR(ssize_t, read, "read", (int fd, void* b, size_t n), (fd, b, n))
BY_DESCRIPTOR(ssize_t, write, "write", (int fd, const void* b, size_t n), (fd, b, n))
BY_DESCRIPTOR(ssize_t, pwrite, "pwrite", (int fd, const void* b, size_t n, off_t o), (fd, b, n, o))
BY_DESCRIPTOR(ssize_t, pwrite64, "pwrite", (int fd, const void* b, size_t n, off64_t o),
              (fd, b, n, o))
BY_DESCRIPTOR(int, fsync, "fsync", (int fd), (fd))
BY_DESCRIPTOR(int, fdatasync, "fdatasync", (int fd), (fd))
BY_DESCRIPTOR(int, ftruncate, "ftruncate", (int fd, off_t n), (fd, n))
BY_DESCRIPTOR(int, fchmod, "fchmod", (int fd, mode_t m), (fd, m))
BY_DESCRIPTOR(int, flock, "flock", (int fd, int operation), (fd, operation))

int close(int fd) {
  REAL(close);
  const int counted = fd > 2 && on && counts(fd);
  if (known(fd)) watched[fd] = 0;
  if (!fails("close", counted, NULL)) return real(fd);
  real(fd);
  errno = number;
  return -1;
}

int rename(const char* a, const char* b) {
  REAL(rename);
  if (fails("rename", path_counts(a) || path_counts(b), b)) return -1;
  return real(a, b);
}
int renameat(int x, const char* a, int y, const char* b) {
  REAL(renameat);
  if (fails("rename", path_counts(a) || path_counts(b) || (on && counts(x)), b)) return -1;
  return real(x, a, y, b);
}
int renameat2(int x, const char* a, int y, const char* b, unsigned flags) {
  REAL(renameat2);
  if (fails("rename", path_counts(a) || path_counts(b) || (on && counts(x)), b)) return -1;
  return real(x, a, y, b, flags);
}
int link(const char* a, const char* b) {
  REAL(link);
  if (fails("link", path_counts(a) || path_counts(b), b)) return -1;
  return real(a, b);
}
int unlink(const char* path) {
  REAL(unlink);
  if (fails("unlink", path_counts(path), path)) return -1;
  return real(path);
}
int unlinkat(int folder, const char* path, int flags) {
  REAL(unlinkat);
  if (fails("unlink", path_counts(path) || (on && counts(folder)), path)) return -1;
  return real(folder, path, flags);
}
int mkdir(const char* path, mode_t mode) {
  REAL(mkdir);
  if (fails("mkdir", path_counts(path), path)) return -1;
  return real(path, mode);
}
void* mmap(void* a, size_t n, int protection, int flags, int fd, off_t offset) {
  static void* (*real)(void*, size_t, int, int, int, off_t);
  if (!real) *(void**)&real = dlsym(RTLD_NEXT, "mmap");
  if (fd >= 0 && fails("mmap", counts(fd), NULL)) return MAP_FAILED;
  return real(a, n, protection, flags, fd, offset);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                   void* argument) {
  REAL(pthread_create);
  if (fails("pthread_create", 1, NULL)) return number;
  return real(thread, attributes, start, argument);
}

/* dlsym allocates, so the library's own names are used. */
extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void*, size_t),
    *__libc_memalign(size_t, size_t);
static int no_memory(void) { return ready && memory && fails_now(); }
void* malloc(size_t n) { return no_memory() ? NULL : __libc_malloc(n); }
void* calloc(size_t a, size_t b) { return no_memory() ? NULL : __libc_calloc(a, b); }
void* realloc(void* p, size_t n) { return no_memory() ? NULL : __libc_realloc(p, n); }
void* memalign(size_t a, size_t n) { return no_memory() ? NULL : __libc_memalign(a, n); }
void* aligned_alloc(size_t a, size_t n) { return no_memory() ? NULL : __libc_memalign(a, n); }
int posix_memalign(void** p, size_t a, size_t n) {
  void* const made = no_memory() ? NULL : __libc_memalign(a, n);
  if (!made) return ENOMEM;
  *p = made;
  return 0;
}
