// One vector register of numbers, and what can be computed with it. An op's `value` is written
// for float, double or simd<T> alike; the operations are found by argument-dependent lookup.
#pragma once

#include <dsl/kernels/isa.hpp>

namespace ansatz::kernels {
inline namespace ANSATZ_ISA {

template <class T>
struct simd;

/// The result of a comparison: for every lane all bits or none.
template <class T>
struct mask {
  using IntVector = typename Register<T>::IntVector;
  IntVector m;
  ANSATZ_INLINE friend mask operator&(mask a, mask b) { return {a.m & b.m}; }
  ANSATZ_INLINE friend mask operator|(mask a, mask b) { return {a.m | b.m}; }
  ANSATZ_INLINE friend mask operator!(mask a) { return {~a.m}; }
  ANSATZ_INLINE friend mask operator&&(mask a, mask b) { return {a.m & b.m}; }
  ANSATZ_INLINE friend mask operator||(mask a, mask b) { return {a.m | b.m}; }
  /// 1 where the mask holds, else 0.
  ANSATZ_INLINE friend simd<T> to_number(mask a) { return select(a, simd<T>(T(1)), simd<T>(T(0))); }
};

/// A register of T (float or double): 64 bytes with AVX-512, 32 with AVX, else 16. Default
/// construction leaves it undefined. No operation's lane depends on another lane.
template <class T>
struct simd {
  using Vector = typename Register<T>::Vector;
  using IntVector = typename Register<T>::IntVector;
  using Int = typename Register<T>::Int;
  static constexpr int width = ANSATZ_VECTOR_BYTES / sizeof(T);

  Vector v;

  simd() = default;
  // Subtracting zero keeps the sign of a zero, adding it would not; either compiles to a
  // broadcast.
  ANSATZ_INLINE simd(T x) : v(x - Vector{}) {}
  ANSATZ_INLINE explicit simd(Vector x, int) : v(x) {}

  ANSATZ_INLINE static simd load(const T* p) {
    return simd(*reinterpret_cast<const typename Register<T>::Unaligned*>(p), 0);
  }
  /// The first n (0 .. width) numbers at p, zeros after them; reads nothing beyond.
  ANSATZ_INLINE static simd load_partial(const T* p, long n) { return simd(isa::first(p, n), 0); }
  ANSATZ_INLINE void store(T* p) const {
    *reinterpret_cast<typename Register<T>::Unaligned*>(p) = v;
  }
  /// To the first n (0 .. width) places at p. In pieces of their exact sizes: after a masked store
  /// of a whole register, a load that merely comes near it waits until it has reached the cache.
  ANSATZ_INLINE void store_partial(T* p, long n) const {
    using All = MakeInts<width>;
    Vector x = v;
    if (n & width) return store(p);
    if constexpr (width > 8) p = put_piece<8>(x, p, n, All{});
    if constexpr (width > 4) p = put_piece<4>(x, p, n, All{});
    if constexpr (width > 2) p = put_piece<2>(x, p, n, All{});
    if (n & 1) *p = x[0];
  }

  /// Labels become numbers (float: exact up to 2^24), and numbers labels by truncation.
  ANSATZ_INLINE static simd load(const std::int32_t* p) {
    return simd(__builtin_convertvector(
                    typename Register<T>::Labels(
                        *reinterpret_cast<const typename Register<T>::UnalignedLabels*>(p)),
                    Vector),
                0);
  }
  ANSATZ_INLINE static simd load_partial(const std::int32_t* p, long n) {
    std::int32_t labels[width] = {};
    for (long i = 0; i < n; ++i) labels[i] = p[i];
    return load(labels);
  }
  ANSATZ_INLINE void store(std::int32_t* p) const {
    *reinterpret_cast<typename Register<T>::UnalignedLabels*>(p) =
        __builtin_convertvector(v, typename Register<T>::Labels);
  }
  ANSATZ_INLINE void store_partial(std::int32_t* p, long n) const {
    std::int32_t labels[width];
    store(labels);
    for (long i = 0; i < n; ++i) p[i] = labels[i];
  }

  /// The n (0 .. width) numbers or labels p[0], p[stride], …, zeros after them.
  template <class From>
  ANSATZ_INLINE static simd gather(const From* p, long stride, long n) {
    T lanes[width] = {};
    for (long i = 0; i < n; ++i) lanes[i] = static_cast<T>(p[i * stride]);
    return load(lanes);
  }
  template <class To>
  ANSATZ_INLINE void scatter(To* p, long stride, long n) const {
    T lanes[width];
    store(lanes);
    for (long i = 0; i < n; ++i) p[i * stride] = static_cast<To>(lanes[i]);
  }

  ANSATZ_INLINE T first() const { return v[0]; }
  /// 0, 1, 2, …
  ANSATZ_INLINE static simd lanes() { return lanes(MakeInts<width>{}); }

  ANSATZ_INLINE friend simd operator+(simd a, simd b) { return simd(a.v + b.v, 0); }
  ANSATZ_INLINE friend simd operator-(simd a, simd b) { return simd(a.v - b.v, 0); }
  ANSATZ_INLINE friend simd operator*(simd a, simd b) { return simd(a.v * b.v, 0); }
  ANSATZ_INLINE friend simd operator/(simd a, simd b) { return simd(a.v / b.v, 0); }
  ANSATZ_INLINE friend simd operator-(simd a) { return simd(-a.v, 0); }
  ANSATZ_INLINE simd& operator+=(simd b) { return v += b.v, *this; }
  ANSATZ_INLINE simd& operator-=(simd b) { return v -= b.v, *this; }
  ANSATZ_INLINE simd& operator*=(simd b) { return v *= b.v, *this; }

  ANSATZ_INLINE friend mask<T> operator<(simd a, simd b) { return {IntVector(a.v < b.v)}; }
  ANSATZ_INLINE friend mask<T> operator<=(simd a, simd b) { return {IntVector(a.v <= b.v)}; }
  ANSATZ_INLINE friend mask<T> operator>(simd a, simd b) { return {IntVector(a.v > b.v)}; }
  ANSATZ_INLINE friend mask<T> operator>=(simd a, simd b) { return {IntVector(a.v >= b.v)}; }
  ANSATZ_INLINE friend mask<T> operator==(simd a, simd b) { return {IntVector(a.v == b.v)}; }
  ANSATZ_INLINE friend mask<T> operator!=(simd a, simd b) { return {IntVector(a.v != b.v)}; }

  ANSATZ_INLINE friend simd select(mask<T> m, simd a, simd b) { return simd(m.m ? a.v : b.v, 0); }

  /// Of equal numbers (0 and -0 too) the first; NaN when either is, as numpy.maximum.
  ANSATZ_INLINE friend simd max(simd a, simd b) {
    return simd(b.v != b.v ? b.v : isa::larger(b.v, a.v), 0);
  }
  ANSATZ_INLINE friend simd min(simd a, simd b) {
    return simd(b.v != b.v ? b.v : isa::smaller(b.v, a.v), 0);
  }
  ANSATZ_INLINE friend simd abs(simd a) {
    constexpr Int all_but_sign = sizeof(T) == 4 ? 0x7fffffff : Int(0x7fffffffffffffffll);
    return simd(Vector(IntVector(a.v) & all_but_sign), 0);
  }
  /// -1, 0 or 1; NaN of NaN.
  ANSATZ_INLINE friend simd sign(simd a) {
    const simd nonzero = select(a > simd(T(0)), simd(T(1)), select(a < simd(T(0)), simd(T(-1)), a));
    return select(a == simd(T(0)), simd(T(0)), nonzero);
  }
  ANSATZ_INLINE friend simd sqrt(simd a) { return simd(isa::root(a.v), 0); }
  ANSATZ_INLINE friend simd floor(simd a) { return simd(isa::template rounded<9>(a.v), 0); }
  /// To the nearest integer, halves to the even one, as numpy.round.
  ANSATZ_INLINE friend simd round(simd a) { return simd(isa::template rounded<8>(a.v), 0); }

  /// Over the lanes, by halves: lane i with i + width/2, then width/4, …
  ANSATZ_INLINE friend T horizontal_sum(simd a) {
    return fold(a, [](simd x, simd y) { return x + y; });
  }
  ANSATZ_INLINE friend T horizontal_max(simd a) {
    return fold(a, [](simd x, simd y) { return max(x, y); });
  }
  ANSATZ_INLINE friend T horizontal_min(simd a) {
    return fold(a, [](simd x, simd y) { return min(x, y); });
  }

 private:
  template <int Size, int... I>
  ANSATZ_INLINE static T* put_piece(Vector& x, T* p, long n, Ints<I...> all) {
    if (!(n & Size)) return p;
    typedef T Piece __attribute__((vector_size(Size * sizeof(T)), aligned(alignof(T)), may_alias));
    *reinterpret_cast<Piece*>(p) = isa::piece(x, MakeInts<Size>{});
    x = isa::exchange<Size>(x, all);
    return p + Size;
  }
  template <int... I>
  ANSATZ_INLINE static simd lanes(Ints<I...>) {
    return simd(Vector{T(I)...}, 0);
  }
  template <class F>
  ANSATZ_INLINE static T fold(simd a, F f) {
    using All = MakeInts<width>;
    if constexpr (width > 8) a = f(a, simd(isa::exchange<8>(a.v, All{}), 0));
    if constexpr (width > 4) a = f(a, simd(isa::exchange<4>(a.v, All{}), 0));
    if constexpr (width > 2) a = f(a, simd(isa::exchange<2>(a.v, All{}), 0));
    a = f(a, simd(isa::exchange<1>(a.v, All{}), 0));
    return a.first();
  }
};

// Compiled once, in src/dsl/kernels/math.cpp. Within 4 units in the last place; infinities, NaN,
// signed zeros and subnormal numbers as C's functions of the same name give them.

simd<float> exp(simd<float> x);
simd<double> exp(simd<double> x);
simd<float> expm1(simd<float> x);
simd<double> expm1(simd<double> x);
simd<float> log(simd<float> x);
simd<double> log(simd<double> x);
simd<float> log1p(simd<float> x);
simd<double> log1p(simd<double> x);
simd<float> sin(simd<float> x);
simd<double> sin(simd<double> x);
simd<float> cos(simd<float> x);
simd<double> cos(simd<double> x);
simd<float> tanh(simd<float> x);
simd<double> tanh(simd<double> x);
simd<float> erf(simd<float> x);
simd<double> erf(simd<double> x);
simd<float> pow(simd<float> x, simd<float> y);
simd<double> pow(simd<double> x, simd<double> y);

}  // namespace ANSATZ_ISA
}  // namespace ansatz::kernels
