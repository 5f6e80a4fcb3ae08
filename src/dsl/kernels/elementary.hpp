// Logarithm, sine and cosine on their reduced ranges, for math.cpp and, without fused operations
// so that every instruction set gives the same bits, for the normal numbers of philox.cpp.
#pragma once

#include <dsl/kernels/simd.hpp>

namespace ansatz::kernels {
inline namespace ANSATZ_ISA {
namespace elementary {

/// a b + c, rounded twice.
struct Plain {
  template <class T>
  ANSATZ_INLINE static simd<T> madd(simd<T> a, simd<T> b, simd<T> c) {
    return a * b + c;
  }
};

/// c0 + c1 x + c2 x^2 + …
template <class Arithmetic, class T>
ANSATZ_INLINE simd<T> polynomial(simd<T>, simd<T> c0) {
  return c0;
}
template <class Arithmetic, class T, class... C>
ANSATZ_INLINE simd<T> polynomial(simd<T> x, simd<T> c0, C... more) {
  return Arithmetic::madd(polynomial<Arithmetic>(x, simd<T>(more)...), x, c0);
}

// Unsigned, since numbers that take part only to be replaced later may overflow.
template <class T>
using Bits = typename Register<T>::BitVector;
template <class T>
ANSATZ_INLINE Bits<T> bits(simd<T> x) {
  return (Bits<T>)x.v;
}
template <class T>
ANSATZ_INLINE simd<T> from_bits(Bits<T> x) {
  return simd<T>((typename simd<T>::Vector)x, 0);
}
template <class T>
ANSATZ_INLINE simd<T> to_real(typename simd<T>::IntVector x) {
  return simd<T>(__builtin_convertvector(x, typename simd<T>::Vector), 0);
}
/// Bits of a number's fraction.
template <class T>
inline constexpr int fraction = sizeof(T) == 4 ? 23 : 52;

/// log(u) + c for a normal, positive, finite u and a c small against it. (fdlibm's e_log.c,
/// S. Moshier's reduction to [sqrt(1/2), sqrt(2)]; below 1 unit in the last place.)
template <class Arithmetic, class T>
ANSATZ_INLINE simd<T> log(simd<T> u, simd<T> c) {
  using S = simd<T>;
  constexpr std::uint64_t half_root = sizeof(T) == 4 ? 0x3f3504f3 : 0x3fe6a09e667f3bcdull;
  using Word = decltype(Bits<T>{}[0] + 0);
  const Bits<T> shifted = bits(u) - static_cast<Word>(half_root);
  const auto exponent = (typename S::IntVector)shifted >> fraction<T>;
  const S k = to_real<T>(exponent);
  const S f = from_bits<T>(bits(u) - ((Bits<T>)exponent << fraction<T>)) - S(1);
  const S s = f / (S(2) + f);
  const S z = s * s;
  S r;
  if constexpr (sizeof(T) == 4) {
    r = z * polynomial<Arithmetic>(z, S(0x1.555554p-1f), 0x1.999c26p-2f, 0x1.23d3dcp-2f,
                                   0x1.f13c4cp-3f);
  } else {
    r = z * polynomial<Arithmetic>(z, S(6.666666666666735130e-01), 3.999999999940941908e-01,
                                   2.857142874366239149e-01, 2.222219843214978396e-01,
                                   1.818357216161805012e-01, 1.531383769920937332e-01,
                                   1.479819860511658591e-01);
  }
  constexpr T ln2_high = sizeof(T) == 4 ? T(6.9313812256e-01f) : T(6.93147180369123816490e-01);
  constexpr T ln2_low = sizeof(T) == 4 ? T(9.0580006145e-06f) : T(1.90821492927058770002e-10);
  const S half_square = S(T(0.5)) * f * f;
  const S small = Arithmetic::madd(s, half_square + r, Arithmetic::madd(k, S(ln2_low), c));
  return Arithmetic::madd(k, S(ln2_high), f - (half_square - small));
}

/// sin and cos on [-pi/4, pi/4] (S. Moshier's Cephes for float, fdlibm's k_sin.c and k_cos.c).
template <class Arithmetic, class T>
ANSATZ_INLINE simd<T> sin(simd<T> x) {
  using S = simd<T>;
  const S z = x * x;
  S p;
  if constexpr (sizeof(T) == 4) {
    p = polynomial<Arithmetic>(z, S(-1.6666654611e-1f), 8.3321608736e-3f, -1.9515295891e-4f);
  } else {
    p = polynomial<Arithmetic>(z, S(-1.66666666666666324348e-01), 8.33333333332248946124e-03,
                               -1.98412698298579493134e-04, 2.75573137070700676789e-06,
                               -2.50507602534068634195e-08, 1.58969099521155010221e-10);
  }
  return Arithmetic::madd(p * z, x, x);
}
template <class Arithmetic, class T>
ANSATZ_INLINE simd<T> cos(simd<T> x) {
  using S = simd<T>;
  const S z = x * x;
  S p;
  if constexpr (sizeof(T) == 4) {
    p = polynomial<Arithmetic>(z, S(4.166664568298827e-2f), -1.388731625493765e-3f,
                               2.443315711809948e-5f);
  } else {
    p = polynomial<Arithmetic>(z, S(4.16666666666666019037e-02), -1.38888888888741095749e-03,
                               2.48015872894767294178e-05, -2.75573143513906633035e-07,
                               2.08757232129817482790e-09, -1.13596475577881948265e-11);
  }
  // 1 - z/2 is rounded; what is lost is added again.
  const S half = S(T(0.5)) * z, w = S(1) - half;
  return w + (((S(1) - w) - half) + z * z * p);
}

/// The sine (Cosine: cosine) of quadrant * pi/2 + x.
template <class Arithmetic, bool Cosine, class T>
ANSATZ_INLINE simd<T> turned(typename simd<T>::IntVector quadrant, simd<T> x) {
  if constexpr (Cosine) quadrant = quadrant + 1;
  const mask<T> odd{(quadrant & 1) != 0}, negative{(quadrant & 2) != 0};
  const simd<T> y = select(odd, cos<Arithmetic>(x), sin<Arithmetic>(x));
  return select(negative, -y, y);
}

}  // namespace elementary
}  // namespace ANSATZ_ISA
}  // namespace ansatz::kernels
