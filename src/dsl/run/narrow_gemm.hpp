// Products with few columns, such as a layer of ten classes: BLAS's tiles are wider than that, and
// it packs both matrices first.
#pragma once

#include <algorithm>
#include <type_traits>

#include "fma.hpp"

namespace ansatz::running {

using kernels::simd;

/// The widest C computed here: what is held in registers.
inline constexpr int narrow_columns = 16;

/// `Rows` rows of C, `Vectors` registers each; element (i, p) of op(A) is a[i * row + p * column].
/// Every row is one chain of multiply-adds, p = 0, 1, ..., whatever the number of rows: a row of C
/// has the same bits in any share of the rows.
template <int Rows, int Vectors, class T>
inline void narrow_rows(const T* a, std::int64_t row, std::int64_t column, const T* b,
                        std::int64_t ldb, std::int64_t k, long n, T alpha, T beta, T* c,
                        std::int64_t ldc) {
  using S = simd<T>;
  constexpr long w = S::width;
  const long last = n - (Vectors - 1) * w;
  // Unrolled like all loops over it, so that it lies in registers.
  S sum[Rows][Vectors];
#pragma GCC unroll 16
  for (int i = 0; i < Rows; ++i)
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) sum[i][v] = S(T(0));
  for (std::int64_t p = 0; p < k; ++p, a += column, b += ldb) {
    S x[Vectors];
    for (int v = 0; v + 1 < Vectors; ++v) x[v] = S::load(b + v * w);
    x[Vectors - 1] = S::load_partial(b + (Vectors - 1) * w, last);
#pragma GCC unroll 16
    for (int i = 0; i < Rows; ++i) {
      const S y(a[i * row]);
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; ++v) sum[i][v] = fma(y, x[v], sum[i][v]);
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) {
      T* out = c + i * ldc + v * w;
      const long lanes = v + 1 < Vectors ? w : last;
      S y = sum[i][v] * S(alpha);
      if (beta != T(0)) y = fma(S(beta), S::load_partial(out, lanes), y);
      y.store_partial(out, lanes);
    }
  }
}

template <int Vectors, class T>
void narrow_vectors(const T* a, std::int64_t row, std::int64_t column, std::int64_t m, const T* b,
                    std::int64_t ldb, std::int64_t k, long n, T alpha, T beta, T* c,
                    std::int64_t ldc) {
  constexpr int registers = ANSATZ_VECTOR_BYTES == 64 ? 32 : 16;
  constexpr int rows = (registers - 2 - Vectors) / Vectors >= 12  ? 12
                       : (registers - 2 - Vectors) / Vectors >= 6 ? 6
                                                                  : 3;
  const auto some = [&]<int R>(std::integral_constant<int, R>) {
    for (; m >= R; m -= R, a += R * row, c += R * ldc)
      narrow_rows<R, Vectors>(a, row, column, b, ldb, k, n, alpha, beta, c, ldc);
  };
  some(std::integral_constant<int, rows>());
  if constexpr (rows > 4) some(std::integral_constant<int, 4>());
  some(std::integral_constant<int, 2>());
  some(std::integral_constant<int, 1>());
}

/// A^T B: the numbers of one row of A lie beside each other, so registers hold parts of columns of
/// C and no lane is idle. Again every number is one chain of multiply-adds.
template <int Columns, int Vectors, class T>
inline void narrow_columns_of(const T* a, std::int64_t lda, long lanes, const T* b,
                              std::int64_t ldb, std::int64_t k, T alpha, T beta, T* c,
                              std::int64_t ldc) {
  using S = simd<T>;
  constexpr long w = S::width;
  constexpr std::int64_t ahead = 12;  // rows of A lie on different pages: no hardware fetches them
  const long last = lanes - (Vectors - 1) * w;
  S sum[Columns][Vectors];
#pragma GCC unroll 16
  for (int j = 0; j < Columns; ++j)
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; ++v) sum[j][v] = S(T(0));
  for (std::int64_t p = 0; p < k; ++p, a += lda, b += ldb) {
    S x[Vectors];
    if (p + ahead < k) {
#pragma GCC unroll 2
      for (int v = 0; v < Vectors; ++v) __builtin_prefetch(a + ahead * lda + v * w);
    }
    for (int v = 0; v + 1 < Vectors; ++v) x[v] = S::load(a + v * w);
    x[Vectors - 1] =
        last == w ? S::load(a + (Vectors - 1) * w) : S::load_partial(a + (Vectors - 1) * w, last);
#pragma GCC unroll 16
    for (int j = 0; j < Columns; ++j) {
      const S y(b[j]);
#pragma GCC unroll 2
      for (int v = 0; v < Vectors; ++v) sum[j][v] = fma(y, x[v], sum[j][v]);
    }
  }
  T turned[Columns][Vectors * w];
#pragma GCC unroll 16
  for (int j = 0; j < Columns; ++j)
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; ++v) (sum[j][v] * S(alpha)).store(&turned[j][v * w]);
  for (long i = 0; i < lanes; ++i, c += ldc) {
    if (beta == T(0))
      for (int j = 0; j < Columns; ++j) c[j] = turned[j][i];
    else
      for (int j = 0; j < Columns; ++j) c[j] = beta * c[j] + turned[j][i];
  }
}

template <int Columns, class T>
void narrow_transposed(const T* a, std::int64_t m, std::int64_t lda, const T* b, std::int64_t ldb,
                       std::int64_t k, T alpha, T beta, T* c, std::int64_t ldc) {
  constexpr long w = simd<T>::width;
  constexpr int registers = ANSATZ_VECTOR_BYTES == 64 ? 32 : 16;
  constexpr int vectors = 2 * Columns + 3 <= registers ? 2 : 1;
  for (; m >= vectors * w; m -= vectors * w, a += vectors * w, c += vectors * w * ldc)
    narrow_columns_of<Columns, vectors>(a, lda, vectors * w, b, ldb, k, alpha, beta, c, ldc);
  for (; m > 0; m -= w, a += w, c += w * ldc)
    narrow_columns_of<Columns, 1>(a, lda, m < w ? static_cast<long>(m) : w, b, ldb, k, alpha, beta,
                                  c, ldc);
}

/// C = alpha A^T B + beta C for 1 <= n <= 16, k >= 1.
template <class T>
void narrow_gemm_transposed(std::int64_t m, std::int64_t n, std::int64_t k, T alpha, const T* a,
                            std::int64_t lda, const T* b, std::int64_t ldb, T beta, T* c,
                            std::int64_t ldc) {
  using Function = void (*)(const T*, std::int64_t, std::int64_t, const T*, std::int64_t,
                            std::int64_t, T, T, T*, std::int64_t);
  static constexpr Function functions[] = {
      narrow_transposed<1, T>,  narrow_transposed<2, T>,  narrow_transposed<3, T>,
      narrow_transposed<4, T>,  narrow_transposed<5, T>,  narrow_transposed<6, T>,
      narrow_transposed<7, T>,  narrow_transposed<8, T>,  narrow_transposed<9, T>,
      narrow_transposed<10, T>, narrow_transposed<11, T>, narrow_transposed<12, T>,
      narrow_transposed<13, T>, narrow_transposed<14, T>, narrow_transposed<15, T>,
      narrow_transposed<16, T>};
  constexpr std::int64_t block = 512;
  for (std::int64_t p = 0; p < k; p += block)
    functions[n - 1](a + p * lda, m, lda, b + p * ldb, ldb, std::min(block, k - p), alpha,
                     p == 0 ? beta : T(1), c, ldc);
}

/// C = alpha op(A) B + beta C for 1 <= n <= narrow_columns, k >= 1.
template <class T>
void narrow_gemm(bool transpose_a, std::int64_t m, std::int64_t n, std::int64_t k, T alpha,
                 const T* a, std::int64_t lda, const T* b, std::int64_t ldb, T beta, T* c,
                 std::int64_t ldc) {
  constexpr int w = simd<T>::width;
  const std::int64_t row = transpose_a ? 1 : lda, column = transpose_a ? lda : 1;
  // So much of A and B stays in the second-level cache while all rows of C pass over it.
  const std::int64_t block = transpose_a ? 128 : 1024;
  for (std::int64_t p = 0; p < k; p += block) {
    const std::int64_t depth = std::min(block, k - p);
    const T keep = p == 0 ? beta : T(1);
    const T* a_block = a + p * column;
    const T* b_block = b + p * ldb;
    const auto with = [&]<int V>(std::integral_constant<int, V>) {
      narrow_vectors<V>(a_block, row, column, m, b_block, ldb, depth, static_cast<long>(n), alpha,
                        keep, c, ldc);
    };
    const auto vectors = (n + w - 1) / w;
    if (vectors == 1) with(std::integral_constant<int, 1>());
    if constexpr (w < narrow_columns)
      if (vectors == 2) with(std::integral_constant<int, 2>());
    if constexpr (2 * w < narrow_columns) {
      if (vectors == 3) with(std::integral_constant<int, 3>());
      if (vectors == 4) with(std::integral_constant<int, 4>());
    }
    if constexpr (4 * w < narrow_columns) {
      if (vectors == 5) with(std::integral_constant<int, 5>());
      if (vectors == 6) with(std::integral_constant<int, 6>());
      if (vectors == 7) with(std::integral_constant<int, 7>());
      if (vectors == 8) with(std::integral_constant<int, 8>());
    }
  }
}

/// Whether the functions above are faster than OpenBLAS 0.3.21 (measured on Zen 4, OpenBLAS
/// against these, GFLOP/s of one thread: 1000 x 784 x 10 47 : 70, 10000 x 784 x 10 22 : 47,
/// transposed 784 x 1000 x 10 39 : 99, 784 x 10000 x 10 24 : 41, 8 x 8 x 8 26 : 45,
/// 1 x 64 x 10 15 : 23, 100 x 784 x 10 70 : 70 but 100 x 784 x 5 88 : 35).
template <class T>
bool narrow_wins(bool transpose_a, std::int64_t m, std::int64_t n, std::int64_t k) {
  if (n > narrow_columns) return false;
  if (m * n * k <= 4096) return true;
  if (transpose_a) return k >= 256;
  constexpr int w = simd<T>::width;
  const std::int64_t lanes = (n + w - 1) / w * w;
  const bool large = m * k * static_cast<std::int64_t>(sizeof(T)) > 1 << 20;
  return 10 * n >= 9 * lanes || (10 * n >= 6 * lanes && (large || sizeof(T) == 4));
}

}  // namespace ansatz::running
