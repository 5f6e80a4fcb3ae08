// Transcendental functions. Each lane is computed from that lane alone, since a compiled and an
// interpreted loop cut rows into vectors differently and must come to the same bits. That rules
// out xsimd 8.1, whose sin and cos choose a reduction by all lanes; its erf is 68 units in the last
// place off, and on AVX-512 it does not fuse multiplications with additions.
#include "elementary.hpp"

#include <cmath>

namespace ansatz::kernels {
inline namespace ANSATZ_ISA {
namespace {

/// a b + c, rounded once where the instruction set can.
struct Fused {
  template <class T>
  ANSATZ_INLINE static simd<T> madd(simd<T> a, simd<T> b, simd<T> c) {
    return simd<T>(isa::fused(a.v, b.v, c.v), 0);
  }
};
using elementary::Bits;
using elementary::bits;
using elementary::from_bits;
using elementary::polynomial;

template <class T>
constexpr T infinity = static_cast<T>(__builtin_inf());
template <class T>
constexpr T not_a_number = static_cast<T>(__builtin_nan(""));

template <class T>
ANSATZ_INLINE simd<T> with_sign_of(simd<T> magnitude, simd<T> x) {
  const Bits<T> sign = bits(simd<T>(T(-0.0)));
  return from_bits<T>(bits(magnitude) | (bits(x) & sign));
}

template <class T>
ANSATZ_INLINE bool any(mask<T> m) {
  return horizontal_max(to_number(m)) > 0;
}

// ---------------------------------------------------------------- exponential functions

/// y 2^k for an integral k, |k| < 2200, rounded once even where the result is subnormal.
template <class T>
ANSATZ_INLINE simd<T> scaled(simd<T> y, simd<T> k) {
  if constexpr (isa::scales) return simd<T>(isa::scaled(y.v, k.v), 0);
  constexpr int fraction = elementary::fraction<T>;
  // Adding 1.5 * 2^fraction puts the integer into the lowest bits.
  constexpr T shift = sizeof(T) == 4 ? T(0x1.8p23f) : T(0x1.8p52);
  const Bits<T> one = bits(simd<T>(1));
  const auto n = (typename simd<T>::IntVector)(bits(k + simd<T>(shift)) - bits(simd<T>(shift)));
  const Bits<T> half = (Bits<T>)(n >> 1), rest = (Bits<T>)n - half;
  return y * from_bits<T>((half << fraction) + one) * from_bits<T>((rest << fraction) + one);
}

/// x = k ln 2 + r, |r| <= ln 2 / 2.
template <class T>
struct Reduction {
  simd<T> k, r;
};
template <class T>
ANSATZ_INLINE Reduction<T> reduced(simd<T> x) {
  constexpr T log2e = static_cast<T>(1.44269504088896340736);
  constexpr T high = sizeof(T) == 4 ? T(0.693359375f) : T(6.93147180369123816490e-01);
  constexpr T low = sizeof(T) == 4 ? T(-2.12194440e-4f) : T(1.90821492927058770002e-10);
  const simd<T> k = round(x * simd<T>(log2e));
  const simd<T> r = Fused::madd(k, simd<T>(-high), x);
  return {k, Fused::madd(k, simd<T>(-low), r)};
}

/// (e^r - 1 - r) / r^2 on the reduced range: Cephes' for float, Taylor's for double.
template <class T>
ANSATZ_INLINE simd<T> exponential_tail(simd<T> r) {
  using S = simd<T>;
  if constexpr (sizeof(T) == 4) {
    return polynomial<Fused>(r, S(5.0000001201e-1f), 1.6666665459e-1f, 4.1665795894e-2f,
                             8.3334519073e-3f, 1.3981999507e-3f, 1.9875691500e-4f);
  } else {
    return polynomial<Fused>(r, S(1.0 / 2), 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040,
                             1.0 / 40320, 1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800,
                             1.0 / 479001600, 1.0 / 6227020800.0);
  }
}

/// x between two bounds; NaN stays.
template <class T>
ANSATZ_INLINE simd<T> clamped(simd<T> x, T low, T high) {
  return simd<T>(x.v < low ? typename simd<T>::Vector{} + low
                           : (x.v > high ? typename simd<T>::Vector{} + high : x.v),
                 0);
}

template <class T>
ANSATZ_INLINE simd<T> exp_of(simd<T> x) {
  // Beyond these bounds the result is infinite or rounds to 0.
  constexpr T low = sizeof(T) == 4 ? T(-105) : T(-747), high = sizeof(T) == 4 ? T(90) : T(711);
  const auto [k, r] = reduced(clamped(x, low, high));
  return scaled(Fused::madd(exponential_tail(r), r * r, r) + simd<T>(1), k);
}

template <class T>
ANSATZ_INLINE simd<T> expm1_of(simd<T> x) {
  using S = simd<T>;
  constexpr T low = sizeof(T) == 4 ? T(-18) : T(-38), high = sizeof(T) == 4 ? T(90) : T(711);
  const auto [k, r] = reduced(clamped(x, low, high));
  const S p = Fused::madd(exponential_tail(r), r * r, r);
  // 2^k (1 + p) - 1 = 2^k (p + (1 - 2^-k)); the bracket is exact where it matters.
  const S y = scaled(p + (S(1) - scaled(S(1), -k)), k);
  return select(x == S(0), x, y);
}

template <class T>
ANSATZ_INLINE simd<T> tanh_of(simd<T> x) {
  using S = simd<T>;
  constexpr T saturated = sizeof(T) == 4 ? T(10) : T(20);
  const S a = abs(x), z = a * a;
  S small;
  if constexpr (sizeof(T) == 4) {
    small =
        Fused::madd(polynomial<Fused>(z, S(-3.33332819422e-1f), 1.33314422036e-1f,
                                      -5.37397155531e-2f, 2.06390887954e-2f, -5.70498872745e-3f) *
                        z,
                    a, a);
  } else {
    const S p = polynomial<Fused>(z, S(-1.61468768441708447952e3), -9.92877231001918586564e1,
                                  -9.64399179425052238628e-1);
    const S q = polynomial<Fused>(z, S(4.84406305325125486048e3), 2.23548839060100448583e3,
                                  1.12811678491632931402e2, 1.0);
    small = Fused::madd(p / q * z, a, a);
  }
  const S e = exp_of(clamped(a + a, T(0), 2 * saturated));
  const S large = S(1) - S(2) / (e + S(1));
  return with_sign_of(select(a < S(T(0.625)), small, large), x);
}

// ---------------------------------------------------------------- logarithms

template <class T>
ANSATZ_INLINE simd<T> log_of(simd<T> x) {
  using S = simd<T>;
  constexpr T smallest = sizeof(T) == 4 ? T(0x1p-126f) : T(0x1p-1022);
  constexpr T up = sizeof(T) == 4 ? T(0x1p25f) : T(0x1p54);
  constexpr T log_up = static_cast<T>((sizeof(T) == 4 ? 25 : 54) * 0.69314718055994530942);
  const mask<T> subnormal = x < S(smallest);
  const S y =
      elementary::log<Fused>(select(subnormal, x * S(up), x), select(subnormal, S(-log_up), S(0)));
  const S special =
      select(x == S(0), S(-infinity<T>), select(x == S(infinity<T>), x, S(not_a_number<T>)));
  return select(x > S(0) && x < S(infinity<T>), y, special);
}

template <class T>
ANSATZ_INLINE simd<T> log1p_of(simd<T> x) {
  using S = simd<T>;
  const S u = S(1) + x;
  // What rounding 1 + x lost, taken from whichever is larger.
  const S lost = select(x > S(1), S(1) - (u - x), x - (u - S(1)));
  const S y = elementary::log<Fused>(u, lost / u);
  const S special =
      select(x == S(-1), S(-infinity<T>), select(x == S(infinity<T>), x, S(not_a_number<T>)));
  const S inside = select(x > S(-1) && x < S(infinity<T>), y, special);
  return select(abs(x) < S(sizeof(T) == 4 ? T(0x1p-26f) : T(0x1p-55)), x, inside);
}

// ---------------------------------------------------------------- sine and cosine

/// x = quadrant pi/2 + r for |x| < 2^20, by three parts of pi/2 of 33 bits whose products with
/// the quadrant are exact (fdlibm's e_rem_pio2.c).
ANSATZ_INLINE simd<double> quarter_turns(simd<double> x, simd<double>& r) {
  using S = simd<double>;
  const S k = round(x * S(6.36619772367581382433e-01));
  r = ((x - k * S(1.57079632673412561417e+00)) - k * S(6.07710050630396597660e-11)) -
      k * S(2.02226624879595063154e-21);
  return k;
}
constexpr double reducible = 1 << 20;

ANSATZ_INLINE simd<double>::IntVector integers(simd<double> k) {
  constexpr double shift = 0x1.8p52;
  return (simd<double>::IntVector)(bits(k + simd<double>(shift)) - bits(simd<double>(shift)));
}

template <bool Cosine>
double scalar(double x) {
  return Cosine ? std::cos(x) : std::sin(x);
}

/// For arguments the three parts cannot reduce: lane by lane.
template <bool Cosine, class T>
[[gnu::noinline, gnu::cold]] simd<T> far_out(simd<T> x, simd<T> y) {
  for (int i = 0; i < simd<T>::width; ++i) {
    if (!(std::fabs(static_cast<double>(x.v[i])) < reducible)) {
      y.v[i] = static_cast<T>(scalar<Cosine>(static_cast<double>(x.v[i])));
    }
  }
  return y;
}

template <bool Cosine>
ANSATZ_INLINE simd<double> turned(simd<double> x) {
  simd<double> r;
  const simd<double> k = quarter_turns(x, r);
  const simd<double> y = elementary::turned<Fused, Cosine>(integers(k), r);
  return Cosine ? y : select(x == simd<double>(0), x, y);
}

template <bool Cosine>
ANSATZ_INLINE simd<double> circular(simd<double> x) {
  const simd<double> y = turned<Cosine>(x);
  if (any(!(abs(x) < simd<double>(reducible)))) return far_out<Cosine>(x, y);
  return y;
}

/// A function of double for both halves of a register of float.
template <class F>
ANSATZ_INLINE simd<float> by_halves(simd<float> x, F f) {
  constexpr int half = simd<double>::width;
  alignas(64) float in[2 * half];
  alignas(64) double wide[2 * half];
  x.store(in);
  for (int i = 0; i < 2 * half; ++i) wide[i] = static_cast<double>(in[i]);
  f(simd<double>::load(wide), 0).store(wide);
  f(simd<double>::load(wide + half), half).store(wide + half);
  for (int i = 0; i < 2 * half; ++i) in[i] = static_cast<float>(wide[i]);
  return simd<float>::load(in);
}

/// In double, since a float's worth of pi/2 would leave nothing of a sine near its zeros.
template <bool Cosine>
ANSATZ_INLINE simd<float> circular(simd<float> x) {
  const simd<float> y = by_halves(x, [](simd<double> d, int) { return turned<Cosine>(d); });
  if (any(!(abs(x) < simd<float>(static_cast<float>(reducible))))) return far_out<Cosine>(x, y);
  return y;
}

// ---------------------------------------------------------------- error function, power

/// N. Juffa's approximations, 2 units in the last place.
ANSATZ_INLINE simd<float> erf_of(simd<float> x) {
  using S = simd<float>;
  const S t = abs(x), s = x * x;
  const S low = polynomial<Fused>(s, S(1.28379166e-1f), -3.76125336e-1f, 1.12819925e-1f,
                                  -2.67681349e-2f, 4.99119423e-3f, -5.96761703e-4f);
  const S bounded = clamped(t, 0.f, 4.f);
  const S q = polynomial<Fused>(bounded, S(-1.28717512e-1f), -6.34846687e-1f, -1.06777877e-1f,
                                2.42546219e-2f, -3.88396438e-3f, 3.83197126e-4f, -1.72853470e-5f);
  const S high = S(1) - exp_of(Fused::madd(q, bounded, -bounded));
  return select(t > S(0.921875f), with_sign_of(high, x), Fused::madd(low, x, x));
}
/// fdlibm's s_erf.c. Beyond 1.25 what is taken from 1 is below
/// 0.08 and needs fewer digits: one of fdlibm's two fractions serves to the end.
ANSATZ_INLINE simd<double> erf_of(simd<double> x) {
  using S = simd<double>;
  const S t = abs(x), z = x * x, s = t - S(1), bounded = clamped(t, 1.25, 6.5);
  const S low = polynomial<Fused>(z, S(1.28379167095512558561e-01), -3.25042107247001499370e-01,
                                  -2.84817495755985104766e-02, -5.77027029648944159157e-03,
                                  -2.37630166566501626084e-05) /
                polynomial<Fused>(z, S(1), 3.97917223959155352819e-01, 6.50222499887672944485e-02,
                                  5.08130628187576562776e-03, 1.32494738004321644526e-04,
                                  -3.96022827877536812320e-06);
  const S middle =
      S(8.45062911510467529297e-01) +
      polynomial<Fused>(s, S(-2.36211856075265944077e-03), 4.14856118683748331666e-01,
                        -3.72207876035701323847e-01, 3.18346619901161753674e-01,
                        -1.10894694282396677476e-01, 3.54783043256182359371e-02,
                        -2.16637559486879084300e-03) /
          polynomial<Fused>(s, S(1), 1.06420880400844228286e-01, 5.40397917702171048937e-01,
                            7.18286544141962662868e-02, 1.26171219808761642112e-01,
                            1.36370839120290507362e-02, 1.19844998467991074170e-02);
  const S i = S(1) / (bounded * bounded);
  const S ratio = polynomial<Fused>(i, S(-9.86494403484714822705e-03), -6.93858572707181764372e-01,
                                    -1.05586262253232909814e+01, -6.23753324503260060396e+01,
                                    -1.62396669462573470355e+02, -1.84605092906711035994e+02,
                                    -8.12874355063065934246e+01, -9.81432934416914548592e+00) /
                  polynomial<Fused>(i, S(1), 1.96512716674392571292e+01, 1.37657754143519042600e+02,
                                    4.34565877475229228821e+02, 6.45387271733267880336e+02,
                                    4.29008140027567833386e+02, 1.08635005541779435134e+02,
                                    6.57024977031928170135e+00, -6.04244152148580987438e-02);
  const S high = S(1) - exp_of(ratio - S(0.5625) - bounded * bounded) / bounded;
  return select(t < S(0.84375), Fused::madd(low, x, x),
                with_sign_of(select(t < S(1.25), middle, high), x));
}

/// In double, where y log x keeps enough digits; what C says of special values.
ANSATZ_INLINE simd<float> pow_of(simd<float> x, simd<float> y) {
  using S = simd<float>;
  alignas(64) double exponent[S::width];
  alignas(64) float y_lanes[S::width];
  y.store(y_lanes);
  for (int i = 0; i < S::width; ++i) exponent[i] = static_cast<double>(y_lanes[i]);
  const S magnitude = by_halves(abs(x), [&](simd<double> d, int at) {
    return exp_of(simd<double>::load(exponent + at) * log_of(d));
  });
  const S half = y * S(0.5f);
  const mask<float> integral = floor(y) == y, odd = integral && floor(half) != half;
  const mask<float> negative = x < S(0) || (x == S(0) && S(1) / x < S(0));
  const mask<float> finite = abs(x) < S(infinity<float>) && abs(y) < S(infinity<float>);
  S result = select(negative && odd, -magnitude, magnitude);
  result = select(x < S(0) && finite && !integral, S(not_a_number<float>), result);
  return select(y == S(0) || x == S(1) || (x == S(-1) && abs(y) == S(infinity<float>)), S(1),
                result);
}
/// Lane by lane: y log x in double would lose up to ten bits.
inline simd<double> pow_of(simd<double> x, simd<double> y) {
  for (int i = 0; i < simd<double>::width; ++i) x.v[i] = std::pow(x.v[i], y.v[i]);
  return x;
}

}  // namespace

simd<float> exp(simd<float> x) { return exp_of(x); }
simd<double> exp(simd<double> x) { return exp_of(x); }
simd<float> expm1(simd<float> x) { return expm1_of(x); }
simd<double> expm1(simd<double> x) { return expm1_of(x); }
simd<float> log(simd<float> x) { return log_of(x); }
simd<double> log(simd<double> x) { return log_of(x); }
simd<float> log1p(simd<float> x) { return log1p_of(x); }
simd<double> log1p(simd<double> x) { return log1p_of(x); }
simd<float> sin(simd<float> x) { return circular<false>(x); }
simd<double> sin(simd<double> x) { return circular<false>(x); }
simd<float> cos(simd<float> x) { return circular<true>(x); }
simd<double> cos(simd<double> x) { return circular<true>(x); }
simd<float> tanh(simd<float> x) { return tanh_of(x); }
simd<double> tanh(simd<double> x) { return tanh_of(x); }
simd<float> erf(simd<float> x) { return erf_of(x); }
simd<double> erf(simd<double> x) { return erf_of(x); }
simd<float> pow(simd<float> x, simd<float> y) { return pow_of(x, y); }
simd<double> pow(simd<double> x, simd<double> y) { return pow_of(x, y); }

}  // namespace ANSATZ_ISA
}  // namespace ansatz::kernels
