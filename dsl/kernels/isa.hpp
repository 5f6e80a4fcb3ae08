// What depends on the compiler and on the instruction set it was told to use; no other header of
// the language asks. <immintrin.h> costs 0.34 s in every user's program, so the few instructions
// that vector extensions cannot express are called by the names both compilers share.
#pragma once

#include <cstdint>

#if defined(__AVX512F__)
#define ANSATZ_ISA avx512
#define ANSATZ_ISA_NAME "avx512"
#define ANSATZ_VECTOR_BYTES 64
#elif defined(__AVX2__)
#define ANSATZ_ISA avx2
#define ANSATZ_ISA_NAME "avx2"
#define ANSATZ_VECTOR_BYTES 32
#elif defined(__AVX__)
#define ANSATZ_ISA avx
#define ANSATZ_ISA_NAME "avx"
#define ANSATZ_VECTOR_BYTES 32
#elif defined(__SSE4_1__)
#define ANSATZ_ISA sse4
#define ANSATZ_ISA_NAME "sse4"
#define ANSATZ_VECTOR_BYTES 16
#else
#define ANSATZ_ISA base
#define ANSATZ_ISA_NAME "base"
#define ANSATZ_VECTOR_BYTES 16
#endif

// g++ announces that vectors wider than the registers of an older processor are passed another
// way; the inline namespace already keeps code for the two apart.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wpsabi"
#define ANSATZ_INLINE [[gnu::always_inline]] inline
#define ANSATZ_MAKE_INTS(N) ::ansatz::kernels::Ints<__integer_pack(N)...>
#else
#define ANSATZ_INLINE [[gnu::always_inline]] inline
#define ANSATZ_MAKE_INTS(N) __make_integer_seq<::ansatz::kernels::IntsOf, int, N>
#endif
#define ANSATZ_NOINLINE [[gnu::noinline]]

namespace ansatz::kernels {

/// Indices for a fold, without <utility>.
template <int... I>
struct Ints {};
template <class Int, Int... I>
using IntsOf = Ints<I...>;

inline namespace ANSATZ_ISA {

/// One vector register of T, and the signed integers of the same width.
template <class T>
struct Register;
template <>
struct Register<float> {
  typedef float Vector __attribute__((vector_size(ANSATZ_VECTOR_BYTES)));
  typedef float Unaligned
      __attribute__((vector_size(ANSATZ_VECTOR_BYTES), aligned(4), may_alias));
  typedef std::int32_t Int;
  typedef Int IntVector __attribute__((vector_size(ANSATZ_VECTOR_BYTES)));
  /// As many labels as there are lanes.
  typedef std::int32_t Labels __attribute__((vector_size(ANSATZ_VECTOR_BYTES)));
  typedef std::int32_t UnalignedLabels
      __attribute__((vector_size(ANSATZ_VECTOR_BYTES), aligned(4), may_alias));
};
template <>
struct Register<double> {
  typedef double Vector __attribute__((vector_size(ANSATZ_VECTOR_BYTES)));
  typedef double Unaligned
      __attribute__((vector_size(ANSATZ_VECTOR_BYTES), aligned(8), may_alias));
  typedef std::int64_t Int;
  typedef Int IntVector __attribute__((vector_size(ANSATZ_VECTOR_BYTES)));
  typedef std::int32_t Labels __attribute__((vector_size(ANSATZ_VECTOR_BYTES / 2)));
  typedef std::int32_t UnalignedLabels
      __attribute__((vector_size(ANSATZ_VECTOR_BYTES / 2), aligned(4), may_alias));
};

namespace isa {

typedef Register<float>::Vector Floats;
typedef Register<double>::Vector Doubles;

// Square root, and rounding: 8 to the nearest even integer, 9 down.
// Masked loads and stores: the first n lanes, others read as zero; no byte outside is touched.
#if defined(__AVX512F__)
#if defined(__clang__)
ANSATZ_INLINE Floats root(Floats x) { return __builtin_ia32_sqrtps512(x, 4); }
ANSATZ_INLINE Doubles root(Doubles x) { return __builtin_ia32_sqrtpd512(x, 4); }
#else
ANSATZ_INLINE Floats root(Floats x) { return __builtin_ia32_sqrtps512_mask(x, x, -1, 4); }
ANSATZ_INLINE Doubles root(Doubles x) { return __builtin_ia32_sqrtpd512_mask(x, x, -1, 4); }
#endif
template <int Mode>
ANSATZ_INLINE Floats rounded(Floats x) {
  return __builtin_ia32_rndscaleps_mask(x, Mode, x, static_cast<unsigned short>(-1), 4);
}
template <int Mode>
ANSATZ_INLINE Doubles rounded(Doubles x) {
  return __builtin_ia32_rndscalepd_mask(x, Mode, x, static_cast<unsigned char>(-1), 4);
}
ANSATZ_INLINE Floats first(const float* p, long n) {
  return __builtin_ia32_loadups512_mask(p, Floats{}, static_cast<unsigned short>((1u << n) - 1));
}
ANSATZ_INLINE Doubles first(const double* p, long n) {
  return __builtin_ia32_loadupd512_mask(p, Doubles{}, static_cast<unsigned char>((1u << n) - 1));
}
ANSATZ_INLINE void put_first(Floats x, float* p, long n) {
  __builtin_ia32_storeups512_mask(p, x, static_cast<unsigned short>((1u << n) - 1));
}
ANSATZ_INLINE void put_first(Doubles x, double* p, long n) {
  __builtin_ia32_storeupd512_mask(p, x, static_cast<unsigned char>((1u << n) - 1));
}
#elif defined(__AVX__)
ANSATZ_INLINE Floats root(Floats x) { return __builtin_ia32_sqrtps256(x); }
ANSATZ_INLINE Doubles root(Doubles x) { return __builtin_ia32_sqrtpd256(x); }
template <int Mode>
ANSATZ_INLINE Floats rounded(Floats x) {
  return __builtin_ia32_roundps256(x, Mode);
}
template <int Mode>
ANSATZ_INLINE Doubles rounded(Doubles x) {
  return __builtin_ia32_roundpd256(x, Mode);
}
typedef long long Longs __attribute__((vector_size(32)));
typedef int Integers __attribute__((vector_size(32)));
ANSATZ_INLINE Integers lanes_below(int n) {
  return Integers{0, 1, 2, 3, 4, 5, 6, 7} < (Integers{} + n);
}
ANSATZ_INLINE Longs long_lanes_below(long long n) { return Longs{0, 1, 2, 3} < (Longs{} + n); }
ANSATZ_INLINE Floats first(const float* p, long n) {
  return __builtin_ia32_maskloadps256(reinterpret_cast<const Floats*>(p),
                                      lanes_below(static_cast<int>(n)));
}
ANSATZ_INLINE Doubles first(const double* p, long n) {
  return __builtin_ia32_maskloadpd256(reinterpret_cast<const Doubles*>(p), long_lanes_below(n));
}
ANSATZ_INLINE void put_first(Floats x, float* p, long n) {
  __builtin_ia32_maskstoreps256(reinterpret_cast<Floats*>(p), lanes_below(static_cast<int>(n)), x);
}
ANSATZ_INLINE void put_first(Doubles x, double* p, long n) {
  __builtin_ia32_maskstorepd256(reinterpret_cast<Doubles*>(p), long_lanes_below(n), x);
}
#else
ANSATZ_INLINE Floats root(Floats x) {
  for (int i = 0; i < 4; ++i) x[i] = __builtin_sqrtf(x[i]);
  return x;
}
ANSATZ_INLINE Doubles root(Doubles x) {
  for (int i = 0; i < 2; ++i) x[i] = __builtin_sqrt(x[i]);
  return x;
}
#if defined(__SSE4_1__)
template <int Mode>
ANSATZ_INLINE Floats rounded(Floats x) {
  return __builtin_ia32_roundps(x, Mode);
}
template <int Mode>
ANSATZ_INLINE Doubles rounded(Doubles x) {
  return __builtin_ia32_roundpd(x, Mode);
}
#else
template <int Mode>
ANSATZ_INLINE Floats rounded(Floats x) {
  for (int i = 0; i < 4; ++i) x[i] = Mode == 8 ? __builtin_rintf(x[i]) : __builtin_floorf(x[i]);
  return x;
}
template <int Mode>
ANSATZ_INLINE Doubles rounded(Doubles x) {
  for (int i = 0; i < 2; ++i) x[i] = Mode == 8 ? __builtin_rint(x[i]) : __builtin_floor(x[i]);
  return x;
}
#endif
ANSATZ_INLINE Floats first(const float* p, long n) {
  Floats x{};
  for (long i = 0; i < n; ++i) x[i] = p[i];
  return x;
}
ANSATZ_INLINE Doubles first(const double* p, long n) {
  Doubles x{};
  for (long i = 0; i < n; ++i) x[i] = p[i];
  return x;
}
ANSATZ_INLINE void put_first(Floats x, float* p, long n) {
  for (long i = 0; i < n; ++i) p[i] = x[i];
}
ANSATZ_INLINE void put_first(Doubles x, double* p, long n) {
  for (long i = 0; i < n; ++i) p[i] = x[i];
}
#endif

/// v with lanes i and i ^ Step exchanged.
template <int Step, class V, int... I>
ANSATZ_INLINE V exchange(V v, Ints<I...>) {
  return __builtin_shufflevector(v, v, (I ^ Step)...);
}

}  // namespace isa
}  // inline namespace ANSATZ_ISA
}  // namespace ansatz::kernels
