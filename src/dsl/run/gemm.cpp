#include <dsl/kernels/gemm.hpp>

#include <cblas.h>

#include <sys/mman.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <dsl/exceptions.hpp>

#include "narrow_gemm.hpp"

// Exported by OpenBLAS, declared in no header of it.
extern "C" void* blas_memory_alloc(int procpos);
extern "C" void blas_memory_free(void* buffer);
// And by its builds for many processors.
extern "C" __attribute__((weak)) void gotoblas_dynamic_init();
extern "C" __attribute__((weak)) void gotoblas_dynamic_quit();

namespace ansatz {

namespace {

/// As many as OpenBLAS keeps whatever it was built for.
constexpr int most_buffers = 64;

/// A little more than OpenBLAS asks for at a time.
constexpr std::size_t blas_buffer = (std::size_t{128} << 20) + (std::size_t{1} << 16);

void blas(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, float alpha, const float* a,
          int lda, const float* b, int ldb, float beta, float* c, int ldc) {
  cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
void blas(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k, double alpha,
          const double* a, int lda, const double* b, int ldb, double beta, double* c, int ldc) {
  cblas_dgemm(CblasRowMajor, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

/// The distance of two rows as BLAS accepts it: at least a row, even if there is only one.
int pitch(std::int64_t rows, std::int64_t columns, std::int64_t given) {
  return static_cast<int>(rows <= 1 ? std::max<std::int64_t>({given, columns, 1}) : given);
}

template <class T>
void scale(std::int64_t m, std::int64_t n, T beta, T* c, std::int64_t ldc) {
  for (std::int64_t i = 0; i < m; ++i, c += ldc) {
    if (beta == T(0)) {
      std::fill(c, c + n, T(0));
    } else {
      for (std::int64_t j = 0; j < n; ++j) c[j] *= beta;
    }
  }
}

/// The widest vectors of a processor: 3 AVX-512, 2 AVX2, 1 less.
int level_of_processor() {
  __builtin_cpu_init();
  const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                    __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  return wide ? 3 : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? 2 : 1;
}
int level_of_kernels(std::string_view core) {
  for (std::string_view name : {"SkylakeX", "Cooperlake", "SapphireRapids", "Sapphirerapids"})
    if (core == name) return 3;
  for (std::string_view name : {"Haswell", "Zen", "Excavator"})
    if (core == name) return 2;
  return 1;
}

// For a processor that is newer than itself OpenBLAS takes its oldest kernels, of a quarter of the
// speed or less (Debian 12's does so on Emerald Rapids). Then it is told one of those that it has
// for processors of this kind, before main and all that is made before main; what
// OPENBLAS_CORETYPE or OpenBLAS itself says stays.
__attribute__((constructor(101))) void choose_kernels() {
  if (!gotoblas_dynamic_init || !gotoblas_dynamic_quit) return;
  const char* const variable = "OPENBLAS_CORETYPE";
  const char* const pin = std::getenv(variable);
  const int can = level_of_processor();
  if ((pin && *pin) || can == 1) return;
  gotoblas_dynamic_init();
  if (level_of_kernels(openblas_get_corename()) > 1) return;
  const char* const core = can == 2                               ? "Haswell"
                           : __builtin_cpu_supports("avx512bf16") ? "Cooperlake"
                                                                  : "SkylakeX";
  if (::setenv(variable, core, 1) != 0) return;
  gotoblas_dynamic_quit();
  gotoblas_dynamic_init();
  if (pin)
    ::setenv(variable, pin, 1);
  else
    ::unsetenv(variable);
}

}  // namespace

namespace {

template <class T>
void product(bool transpose_a, bool transpose_b, std::int64_t m, std::int64_t n, std::int64_t k,
             T alpha, const T* a, std::int64_t lda, const T* b, std::int64_t ldb, T beta, T* c,
             std::int64_t ldc) {
  if (!transpose_b && running::narrow_wins<T>(transpose_a, m, n, k)) {
    if (transpose_a && k >= 256)
      return running::narrow_gemm_transposed(m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    return running::narrow_gemm(transpose_a, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  }
  if (alpha == T(0)) {
    // BLAS would not look at A and B, and 0 times NaN is NaN.
    thread_local std::vector<T> unscaled;
    const auto size = static_cast<std::size_t>(m * n);
    if (unscaled.size() < size) unscaled.resize(size);
    product<T>(transpose_a, transpose_b, m, n, k, 1, a, lda, b, ldb, 0, unscaled.data(), n);
    const T* from = unscaled.data();
    for (std::int64_t i = 0; i < m; ++i, c += ldc)
      for (std::int64_t j = 0; j < n; ++j, ++from)
        c[j] = beta == T(0) ? alpha * *from : beta * c[j] + alpha * *from;
    return;
  }
  blas(transpose_a ? CblasTrans : CblasNoTrans, transpose_b ? CblasTrans : CblasNoTrans,
       static_cast<int>(m), static_cast<int>(n), static_cast<int>(k), alpha, a,
       transpose_a ? pitch(k, m, lda) : pitch(m, k, lda), b,
       transpose_b ? pitch(n, k, ldb) : pitch(k, n, ldb), beta, c, pitch(m, n, ldc));
}

/// Rows of A and B that a sum over examples takes together in the program's precision; what these
/// come to is added in double, so that the error does not grow with the number of examples.
constexpr std::int64_t block_examples = 8192;

template <class T>
void product_of_blocks(bool transpose_b, std::int64_t m, std::int64_t n, std::int64_t k, T alpha,
                       const T* a, std::int64_t lda, const T* b, std::int64_t ldb, T beta, T* c,
                       std::int64_t ldc) {
  thread_local std::vector<T> block;
  thread_local std::vector<double> sums;
  const auto size = static_cast<std::size_t>(m * n);
  if (block.size() < size) block.resize(size), sums.resize(size);
  for (std::int64_t p = 0; p < k; p += block_examples) {
    product<T>(true, transpose_b, m, n, std::min(block_examples, k - p), 1, a + p * lda, lda,
               transpose_b ? b + p : b + p * ldb, ldb, 0, block.data(), n);
    for (std::size_t i = 0; i < size; ++i)
      sums[i] = p == 0 ? static_cast<double>(block[i]) : sums[i] + static_cast<double>(block[i]);
  }
  const double* sum = sums.data();
  for (std::int64_t i = 0; i < m; ++i, c += ldc) {
    for (std::int64_t j = 0; j < n; ++j, ++sum) {
      const T part = static_cast<T>(static_cast<double>(alpha) * *sum);
      c[j] = beta == T(0) ? part : beta * c[j] + part;
    }
  }
}

}  // namespace

template <class T>
void gemm(bool transpose_a, bool transpose_b, std::int64_t m, std::int64_t n, std::int64_t k,
          T alpha, const T* a, std::int64_t lda, const T* b, std::int64_t ldb, T beta, T* c,
          std::int64_t ldc) {
  if (m <= 0 || n <= 0) return;
  if (k <= 0) return scale(m, n, beta, c, ldc);
  if (transpose_a && k > block_examples)
    return product_of_blocks(transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  product(transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

template void gemm<float>(bool, bool, std::int64_t, std::int64_t, std::int64_t, float, const float*,
                          std::int64_t, const float*, std::int64_t, float, float*, std::int64_t);
template void gemm<double>(bool, bool, std::int64_t, std::int64_t, std::int64_t, double,
                           const double*, std::int64_t, const double*, std::int64_t, double,
                           double*, std::int64_t);

void require_blas_memory(int threads) {
  threads = std::min(threads, most_buffers);
  static std::atomic<int> ready{0};
  if (ready.load(std::memory_order_acquire) >= threads) return;
  static std::mutex lock;
  const std::lock_guard held(lock);
  const int before = ready.load(std::memory_order_relaxed);
  if (before >= threads) return;
  // What remains for all else: numbers, stacks of threads, the C library's own memory.
  constexpr std::size_t rest = std::size_t{16} << 20;
  const std::size_t wanted = static_cast<std::size_t>(threads - before) * blas_buffer + rest;
  void* const trial =
      ::mmap(nullptr, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (trial == MAP_FAILED) {
    rlimit most{};
    const bool limited = ::getrlimit(RLIMIT_AS, &most) == 0 && most.rlim_cur != RLIM_INFINITY;
    throw Error("the memory does not suffice: OpenBLAS takes 128 MB of addresses for each of " +
                std::to_string(threads) + " threads, for which there is no room" +
                (limited ? " below the limit of " + std::to_string(most.rlim_cur >> 20) +
                               " MB (`ulimit -v`); raise it by " +
                               std::to_string((wanted >> 20) + 1) + " MB"
                         : "; free memory") +
                (threads > 1 ? ", or use fewer threads" : ""));
  }
  ::munmap(trial, wanted);
  // Taken all at once and given back, they stay OpenBLAS's own.
  std::vector<void*> taken(static_cast<std::size_t>(threads));
  for (void*& each : taken) each = blas_memory_alloc(0);
  for (void* each : taken) blas_memory_free(each);
  ready.store(threads, std::memory_order_release);
}

const char* blas_kernels() { return openblas_get_corename(); }

const char* blas_warning() {
  static const std::string text = [] {
    const char* pin = std::getenv("OPENBLAS_CORETYPE");
    const std::string core = blas_kernels();
    const int can = level_of_processor();
    if (!pin || !*pin || level_of_kernels(core) >= can) return std::string();
    return "OPENBLAS_CORETYPE=" + std::string(pin) + " holds OpenBLAS to its " + core +
           " kernels, but this processor has " + (can == 3 ? "AVX-512" : "AVX2 and FMA") +
           "; unset it for up to twice the speed";
  }();
  return text.c_str();
}

}  // namespace ansatz
