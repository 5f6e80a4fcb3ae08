// OpenBLAS on one thread, for a while.
#pragma once

#include <omp.h>

namespace ansatz::running {

/// While it lives, OpenBLAS uses the calling thread only: in its OpenMP build it asks
/// omp_get_max_threads(), which is a number of each thread's own.
class OneBlasThread {
 public:
  explicit OneBlasThread(bool wanted) : before_(wanted ? omp_get_max_threads() : 1) {
    if (before_ != 1) omp_set_num_threads(1);
  }
  ~OneBlasThread() {
    if (before_ != 1) omp_set_num_threads(before_);
  }
  OneBlasThread(const OneBlasThread&) = delete;
  OneBlasThread& operator=(const OneBlasThread&) = delete;

 private:
  int before_;
};

}  // namespace ansatz::running
