#include "process.hpp"

#include "command.hpp"

#include <ansatz/files/atomic_file.hpp>

#include <cxxabi.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <string_view>
#include <typeinfo>

namespace ansatz::app {

namespace {

std::atomic<bool> asked{false};
volatile std::sig_atomic_t first_signal = 0;

void write_line(std::string_view text) {
  while (!text.empty()) {
    const ssize_t done = ::write(STDERR_FILENO, text.data(), text.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(done));
  }
}

// Destructors that allocate, what is thrown out of threads: nothing may allocate here.
[[noreturn]] void on_terminate() {
  AtomicFile::remove_temporaries();
  const std::type_info* const what = abi::__cxa_current_exception_type();
  if (what && (*what == typeid(std::bad_alloc) || *what == typeid(std::bad_array_new_length))) {
    write_line("ansatz: the memory does not suffice\n");
    ::_exit(exit_failed);
  }
  write_line("ansatz: a fault of the program: an exception that nobody catches\n");
  std::abort();
}

// Each is answered when it comes: a batch may be long.
void on_second_interrupt(int signal) {
  write_line("\ninterrupted again: ended at once; what was saved last is as it was\n");
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}
void on_signal(int signal) {
  if (first_signal == 0) first_signal = signal;
  asked = true;
  write_line(signal == SIGINT
                 ? "\ninterrupted: the run ends after this batch (BGD: line search) and "
                   "saves; Ctrl-C again ends it at once\n"
                 : "\nasked to end by a signal: the run ends after this batch (BGD: line "
                   "search) and saves\n");
  // Batch systems send theirs again, which must not end the program before it has saved.
  if (signal == SIGINT) std::signal(signal, on_second_interrupt);
}

// Where it was ignored from the start (nohup, a script's &) it stays so, but is answered.
void on_ignored_interrupt(int) {
  write_line(
      "\nan interrupt came, which this program was started to ignore: the run goes on; SIGTERM "
      "ends and saves it\n");
}

// How many buffers OpenBLAS takes when it is loaded: one for each thread it may use.
__attribute__((no_sanitize("address", "thread", "undefined"))) int buffers_of_blas(char** names) {
  cpu_set_t set;
  int count = ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  for (; names && *names; ++names)
    for (const char* name : {"OPENBLAS_NUM_THREADS=", "OMP_NUM_THREADS="}) {
      const std::size_t length = std::strlen(name);
      if (std::strncmp(*names, name, length) != 0) continue;
      const int wanted = std::atoi(*names + length);
      if (wanted > 0 && wanted < count) count = wanted;
    }
  return count;
}

// OpenBLAS asks for its memory when it is loaded, before `main`, and asks for ever where the
// address space does not suffice. What stands in .preinit_array comes before all libraries'.
__attribute__((no_sanitize("address", "thread", "undefined"))) void before_libraries(
    int, char**, char** environment) {
  std::set_terminate(on_terminate);
  rlimit most{};
  if (::getrlimit(RLIMIT_AS, &most) != 0 || most.rlim_cur == RLIM_INFINITY) return;
  constexpr std::size_t buffer = (std::size_t{128} << 20) + (std::size_t{1} << 16);
  constexpr std::size_t rest = std::size_t{2} << 20;
  const std::size_t wanted = static_cast<std::size_t>(buffers_of_blas(environment)) * buffer + rest;
  void* const trial =
      ::mmap(nullptr, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (trial != MAP_FAILED) {
    ::munmap(trial, wanted);
    return;
  }
  write_line(
      "ansatz: the memory does not suffice: OpenBLAS takes 128 MB of addresses for each "
      "processor when the program begins; raise `ulimit -v`, or set "
      "OPENBLAS_NUM_THREADS=1\n");
  ::_exit(exit_failed);
}
__attribute__((section(".preinit_array"),
               used)) void (*const first_of_all)(int, char**, char**) = before_libraries;

}  // namespace

void prepare_process() {
  std::set_terminate(on_terminate);
  // In this order each gets the lowest number that is free: its own.
  for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(file, F_GETFD) < 0 && errno == EBADF)
      (void)!::open("/dev/null", file == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  std::signal(SIGXFSZ, SIG_IGN);
}

void ask_to_end_by_signals() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGUSR1, SIGUSR2}) {
    struct sigaction before {};
    if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) {
      if (signal == SIGINT) std::signal(signal, on_ignored_interrupt);
      continue;
    }
    std::signal(signal, on_signal);
  }
  std::signal(SIGPIPE, SIG_IGN);
}

const std::atomic<bool>& asked_to_end() { return asked; }
int asking_signal() { return first_signal; }

}  // namespace ansatz::app
