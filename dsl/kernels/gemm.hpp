// Products of matrices.
#pragma once

#include <cstdint>

namespace ansatz {

/// C = alpha op(A) op(B) + beta C, all row-major; T is float or double.
///
/// op(A) is [m, k], op(B) is [k, n], C is [m, n]; op transposes if asked. `lda`, `ldb`, `ldc` are
/// the distances of two rows in memory, in elements. With beta = 0, C is not read (a NaN in it
/// does not matter); with k = 0, C = beta C; with m = 0 or n = 0 nothing happens. C overlaps
/// neither A nor B. Dimensions and distances lie below 2^31.
///
/// Inside a parallel region each caller computes its product alone; outside, OpenBLAS may use as
/// many threads as omp_get_max_threads() says.
template <class T>
void gemm(bool transpose_a, bool transpose_b, std::int64_t m, std::int64_t n, std::int64_t k,
          T alpha, const T* a, std::int64_t lda, const T* b, std::int64_t ldb, T beta, T* c,
          std::int64_t ldc);

/// Gets the memory in which OpenBLAS multiplies, for so many threads at a time; at no cost the next
/// time. OpenBLAS itself would try for ever where the address space does not suffice (`ulimit -v`).
/// Throws Error with what is missing.
void require_blas_memory(int threads);

/// The processor type whose kernels OpenBLAS uses, such as "SkylakeX". Where OpenBLAS does not know
/// the processor, and would take its slowest ones, it is one of the same vectors.
const char* blas_kernels();

/// A sentence if OPENBLAS_CORETYPE in the environment holds OpenBLAS to kernels of an older
/// processor than this one (that costs up to half the speed), otherwise "".
const char* blas_warning();

}  // namespace ansatz
