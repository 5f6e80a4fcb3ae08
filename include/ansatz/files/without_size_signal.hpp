// A file that becomes too large is an error, not the program's end.
#pragma once

#include <pthread.h>

#include <cerrno>
#include <csignal>
#include <ctime>

namespace ansatz {

/// While it lives, a file that becomes larger than `ulimit -f` is an error of `write`, not the
/// program's end by SIGXFSZ, which the system sends to the thread that writes.
class WithoutSizeSignal {
 public:
  WithoutSizeSignal() {
    ::sigemptyset(&signal_);
    ::sigaddset(&signal_, SIGXFSZ);
    ::pthread_sigmask(SIG_BLOCK, &signal_, &before_);
  }
  ~WithoutSizeSignal() {
    if (::sigismember(&before_, SIGXFSZ)) return;
    const timespec at_once{0, 0};
    while (::sigtimedwait(&signal_, nullptr, &at_once) < 0 && errno == EINTR) {
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  WithoutSizeSignal(const WithoutSizeSignal&) = delete;

 private:
  sigset_t signal_, before_;
};

}  // namespace ansatz
