// What depends on the compiler and on the instruction set it was told to use; no other header of
// the language asks. <immintrin.h> costs 0.34 s in every user's program, so the few instructions
// that vector extensions cannot express are called by the names both compilers share.
#pragma once

#include <cstdint>

#if defined(__AVX512F__)
#define ANSATZ_ISA avx512
#define ANSATZ_ISA_NAME "avx512"
#define ANSATZ_VECTOR_BYTES 64
#elif defined(__AVX2__) && defined(__FMA__)
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
#define ANSATZ_COUNT(N) Ints<__integer_pack(N)...>
#else
#define ANSATZ_COUNT(N) __make_integer_seq<IntsOf, int, N>
#endif
// Not for a program without optimisation that has many loops, such as tests: each would hold copies
// of all that it calls.
#ifndef ANSATZ_INLINE
#define ANSATZ_INLINE [[gnu::always_inline]] inline
#endif

namespace ansatz {

/// Whether the compiler keeps the value of a call in a constant expression for the next time it is
/// made there; otherwise it evaluates it again.
#if defined(__clang__)
inline constexpr bool keeps_constant_calls = false, shortens_text = true;
#else
inline constexpr bool keeps_constant_calls = true, shortens_text = false;
#endif

}  // namespace ansatz

namespace ansatz::kernels {

/// Indices for a fold, without <utility>.
template <int... I>
struct Ints {};
template <class Int, Int... I>
using IntsOf = Ints<I...>;
/// Ints<0, 1, …, N - 1>
template <int N>
using MakeInts = ANSATZ_COUNT(N);
#undef ANSATZ_COUNT

inline namespace ANSATZ_ISA {

/// One vector register of T, and the integers of the same width, signed and (as bits) not.
template <class T>
struct Register;
template <>
struct Register<float> {
  typedef float Vector __attribute__((vector_size(ANSATZ_VECTOR_BYTES)));
  typedef float Unaligned __attribute__((vector_size(ANSATZ_VECTOR_BYTES), aligned(4), may_alias));
  typedef std::int32_t Int;
  typedef Int IntVector __attribute__((vector_size(ANSATZ_VECTOR_BYTES)));
  typedef std::uint32_t BitVector __attribute__((vector_size(ANSATZ_VECTOR_BYTES)));
  /// As many labels as there are lanes.
  typedef std::int32_t Labels __attribute__((vector_size(ANSATZ_VECTOR_BYTES)));
  typedef std::int32_t UnalignedLabels
      __attribute__((vector_size(ANSATZ_VECTOR_BYTES), aligned(4), may_alias));
};
template <>
struct Register<double> {
  typedef double Vector __attribute__((vector_size(ANSATZ_VECTOR_BYTES)));
  typedef double Unaligned __attribute__((vector_size(ANSATZ_VECTOR_BYTES), aligned(8), may_alias));
  typedef std::int64_t Int;
  typedef Int IntVector __attribute__((vector_size(ANSATZ_VECTOR_BYTES)));
  typedef std::uint64_t BitVector __attribute__((vector_size(ANSATZ_VECTOR_BYTES)));
  typedef std::int32_t Labels __attribute__((vector_size(ANSATZ_VECTOR_BYTES / 2)));
  typedef std::int32_t UnalignedLabels
      __attribute__((vector_size(ANSATZ_VECTOR_BYTES / 2), aligned(4), may_alias));
};

namespace isa {

typedef Register<float>::Vector Floats;
typedef Register<double>::Vector Doubles;

/// a b + c, rounded once if the instruction set has such an operation.
#if defined(__AVX512F__)
ANSATZ_INLINE Floats fused(Floats a, Floats b, Floats c) {
  return __builtin_ia32_vfmaddps512_mask(a, b, c, static_cast<unsigned short>(-1), 4);
}
ANSATZ_INLINE Doubles fused(Doubles a, Doubles b, Doubles c) {
  return __builtin_ia32_vfmaddpd512_mask(a, b, c, static_cast<unsigned char>(-1), 4);
}
#elif defined(__AVX__) && defined(__FMA__)
ANSATZ_INLINE Floats fused(Floats a, Floats b, Floats c) {
  return __builtin_ia32_vfmaddps256(a, b, c);
}
ANSATZ_INLINE Doubles fused(Doubles a, Doubles b, Doubles c) {
  return __builtin_ia32_vfmaddpd256(a, b, c);
}
#else
ANSATZ_INLINE Floats fused(Floats a, Floats b, Floats c) { return a * b + c; }
ANSATZ_INLINE Doubles fused(Doubles a, Doubles b, Doubles c) { return a * b + c; }
#endif

/// Whether y 2^k is one instruction, `scaled`.
#if defined(__AVX512F__)
inline constexpr bool scales = true;
ANSATZ_INLINE Floats scaled(Floats y, Floats k) {
  return __builtin_ia32_scalefps512_mask(y, k, y, static_cast<unsigned short>(-1), 4);
}
ANSATZ_INLINE Doubles scaled(Doubles y, Doubles k) {
  return __builtin_ia32_scalefpd512_mask(y, k, y, static_cast<unsigned char>(-1), 4);
}
#else
inline constexpr bool scales = false;
template <class V>
V scaled(V y, V k);
#endif

// The larger and the smaller number; the second operand when they are equal or one is NaN. g++ does
// not find the instruction in a comparison and a choice.
#if defined(__AVX512F__) && defined(__clang__)
ANSATZ_INLINE Floats larger(Floats a, Floats b) { return __builtin_ia32_maxps512(a, b, 4); }
ANSATZ_INLINE Doubles larger(Doubles a, Doubles b) { return __builtin_ia32_maxpd512(a, b, 4); }
ANSATZ_INLINE Floats smaller(Floats a, Floats b) { return __builtin_ia32_minps512(a, b, 4); }
ANSATZ_INLINE Doubles smaller(Doubles a, Doubles b) { return __builtin_ia32_minpd512(a, b, 4); }
#elif defined(__AVX512F__)
ANSATZ_INLINE Floats larger(Floats a, Floats b) {
  return __builtin_ia32_maxps512_mask(a, b, a, static_cast<unsigned short>(-1), 4);
}
ANSATZ_INLINE Doubles larger(Doubles a, Doubles b) {
  return __builtin_ia32_maxpd512_mask(a, b, a, static_cast<unsigned char>(-1), 4);
}
ANSATZ_INLINE Floats smaller(Floats a, Floats b) {
  return __builtin_ia32_minps512_mask(a, b, a, static_cast<unsigned short>(-1), 4);
}
ANSATZ_INLINE Doubles smaller(Doubles a, Doubles b) {
  return __builtin_ia32_minpd512_mask(a, b, a, static_cast<unsigned char>(-1), 4);
}
#elif defined(__AVX__)
ANSATZ_INLINE Floats larger(Floats a, Floats b) { return __builtin_ia32_maxps256(a, b); }
ANSATZ_INLINE Doubles larger(Doubles a, Doubles b) { return __builtin_ia32_maxpd256(a, b); }
ANSATZ_INLINE Floats smaller(Floats a, Floats b) { return __builtin_ia32_minps256(a, b); }
ANSATZ_INLINE Doubles smaller(Doubles a, Doubles b) { return __builtin_ia32_minpd256(a, b); }
#else
template <class V>
ANSATZ_INLINE V larger(V a, V b) {
  return a > b ? a : b;
}
template <class V>
ANSATZ_INLINE V smaller(V a, V b) {
  return a < b ? a : b;
}
#endif

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

typedef std::uint64_t Words __attribute__((vector_size(ANSATZ_VECTOR_BYTES)));

/// The products of the low halves. g++ does not see that the instruction for it needs no masking,
/// and takes a slower one.
#if defined(__clang__)
ANSATZ_INLINE Words multiply_low(Words a, Words b) { return (a & 0xffffffffu) * (b & 0xffffffffu); }
#elif defined(__AVX512F__)
typedef int Halves __attribute__((vector_size(64)));
typedef long long Products __attribute__((vector_size(64)));
ANSATZ_INLINE Words multiply_low(Words a, Words b) {
  return (Words)__builtin_ia32_pmuludq512_mask((Halves)a, (Halves)b, Products{}, -1);
}
#elif defined(__AVX2__)
typedef int Halves __attribute__((vector_size(32)));
ANSATZ_INLINE Words multiply_low(Words a, Words b) {
  return (Words)__builtin_ia32_pmuludq256((Halves)a, (Halves)b);
}
#elif defined(__SSE2__) && !defined(__AVX__)
typedef int Halves __attribute__((vector_size(16)));
ANSATZ_INLINE Words multiply_low(Words a, Words b) {
  return (Words)__builtin_ia32_pmuludq128((Halves)a, (Halves)b);
}
#else
ANSATZ_INLINE Words multiply_low(Words a, Words b) { return (a & 0xffffffffu) * (b & 0xffffffffu); }
#endif

/// The first lanes of v.
template <class V, int... I>
ANSATZ_INLINE auto piece(V v, Ints<I...>) {
  return __builtin_shufflevector(v, v, I...);
}

/// v with lanes i and i ^ Step exchanged.
template <int Step, class V, int... I>
ANSATZ_INLINE V exchange(V v, Ints<I...>) {
  return __builtin_shufflevector(v, v, (I ^ Step)...);
}

}  // namespace isa
}  // namespace ANSATZ_ISA
}  // namespace ansatz::kernels
