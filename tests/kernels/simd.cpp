#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <dsl/kernels/simd.hpp>
#include <limits>
#include <vector>

using ansatz::kernels::simd;

namespace {

template <class T>
std::vector<T> lanes_of(simd<T> x) {
  std::vector<T> v(simd<T>::width);
  x.store(v.data());
  return v;
}

/// Numbers with every pair of special values somewhere.
template <class T>
std::vector<T> specials() {
  const T infinity = std::numeric_limits<T>::infinity();
  return {T(0),
          T(-0.0),
          T(1),
          T(-1),
          T(0.5),
          T(-0.5),
          T(1.5),
          T(2.5),
          T(-2.5),
          T(1e30),
          infinity,
          -infinity,
          std::numeric_limits<T>::quiet_NaN(),
          std::numeric_limits<T>::denorm_min(),
          std::numeric_limits<T>::max(),
          T(123456.75)};
}

template <class T>
bool same(T a, T b) {
  return (a != a && b != b) || std::memcmp(&a, &b, sizeof(T)) == 0;
}

template <class T, class F, class G>
void for_pairs(F vector, G plain) {
  for (T a : specials<T>()) {
    for (T b : specials<T>()) {
      const T got = vector(simd<T>(a), simd<T>(b)).first();
      INFO(a << ", " << b << " gives " << got << ", not " << plain(a, b));
      CHECK(same<T>(got, plain(a, b)));
    }
  }
}

}  // namespace

TEMPLATE_TEST_CASE("simd: a number fills all lanes, with the sign of a zero", "[kernels][simd]",
                   float, double) {
  for (TestType x : specials<TestType>()) {
    for (TestType lane : lanes_of(simd<TestType>(x))) CHECK(same(lane, x));
  }
}

TEMPLATE_TEST_CASE("simd: arithmetic and comparisons are those of the numbers", "[kernels][simd]",
                   float, double) {
  using T = TestType;
  for_pairs<T>([](auto a, auto b) { return a + b; }, [](T a, T b) { return a + b; });
  for_pairs<T>([](auto a, auto b) { return a - b; }, [](T a, T b) { return a - b; });
  for_pairs<T>([](auto a, auto b) { return a * b; }, [](T a, T b) { return a * b; });
  for_pairs<T>([](auto a, auto b) { return a / b; }, [](T a, T b) { return a / b; });
  for_pairs<T>([](auto a, auto) { return -a; }, [](T a, T) { return -a; });
  for_pairs<T>([](auto a, auto b) { return to_number(a < b); }, [](T a, T b) { return T(a < b); });
  for_pairs<T>([](auto a, auto b) { return to_number(a <= b); },
               [](T a, T b) { return T(a <= b); });
  for_pairs<T>([](auto a, auto b) { return to_number(a > b); }, [](T a, T b) { return T(a > b); });
  for_pairs<T>([](auto a, auto b) { return to_number(a >= b); },
               [](T a, T b) { return T(a >= b); });
  for_pairs<T>([](auto a, auto b) { return to_number(a == b); },
               [](T a, T b) { return T(a == b); });
  for_pairs<T>([](auto a, auto b) { return to_number(a != b); },
               [](T a, T b) { return T(a != b); });
  for_pairs<T>([](auto a, auto b) { return to_number(a > simd<T>(0) && !(b > simd<T>(0))); },
               [](T a, T b) { return T(a > 0 && !(b > 0)); });
  for_pairs<T>([](auto a, auto b) { return select(a > simd<T>(0) || b > simd<T>(0), a, b); },
               [](T a, T b) { return a > 0 || b > 0 ? a : b; });
}

TEMPLATE_TEST_CASE("simd: max and min keep the first of equals and any NaN", "[kernels][simd]",
                   float, double) {
  using T = TestType;
  for_pairs<T>([](auto a, auto b) { return max(a, b); },
               [](T a, T b) { return b != b             ? b
                                     : a != a || a >= b ? a
                                                        : b; });
  for_pairs<T>([](auto a, auto b) { return min(a, b); },
               [](T a, T b) { return b != b             ? b
                                     : a != a || a <= b ? a
                                                        : b; });
}

TEMPLATE_TEST_CASE("simd: rounding, sign and root are those of NumPy", "[kernels][simd]", float,
                   double) {
  using T = TestType;
  for (T x : specials<T>()) {
    INFO(x);
    CHECK(same(abs(simd<T>(x)).first(), std::fabs(x)));
    CHECK(same(floor(simd<T>(x)).first(), std::floor(x)));
    CHECK(same(round(simd<T>(x)).first(), std::nearbyint(x)));
    CHECK(same(sqrt(simd<T>(x)).first(), std::sqrt(x)));
    CHECK(same(sign(simd<T>(x)).first(), x > 0 ? T(1) : x < 0 ? T(-1) : x == 0 ? T(0) : x));
  }
}

TEMPLATE_TEST_CASE("simd: part of a register is read and written, and nothing beyond",
                   "[kernels][simd]", float, double) {
  using T = TestType;
  using S = simd<T>;
  for (long n = 0; n <= S::width; ++n) {
    // The vectors end where the memory does, so that a sanitizer sees one number too many.
    std::vector<T> in(n), out(n + 1, T(-7));
    std::vector<std::int32_t> labels(n), labels_out(n + 1, -7);
    for (long i = 0; i < n; ++i)
      in[i] = static_cast<T>(i + 1), labels[i] = static_cast<int>(10 * i);
    const S x = S::load_partial(in.data(), n), y = S::load_partial(labels.data(), n);
    for (long i = 0; i < S::width; ++i) {
      CHECK(lanes_of(x)[i] == (i < n ? static_cast<T>(i + 1) : T(0)));
      CHECK(lanes_of(y)[i] == (i < n ? static_cast<T>(10 * i) : T(0)));
    }
    (x * S(2)).store_partial(out.data(), n);
    (y + S(T(0.75))).store_partial(labels_out.data(), n);
    for (long i = 0; i < n; ++i) {
      CHECK(out[i] == static_cast<T>(2 * (i + 1)));
      CHECK(labels_out[i] == 10 * i);
    }
    CHECK(out[n] == T(-7));
    CHECK(labels_out[n] == -7);
  }
}

TEMPLATE_TEST_CASE("simd: strided lanes come from and go to their places", "[kernels][simd]", float,
                   double) {
  using T = TestType;
  using S = simd<T>;
  for (long stride : {1, 3, -2, 0}) {
    for (long n = 1; n <= S::width; ++n) {
      std::vector<T> memory(3 * S::width), out(3 * S::width, T(-1));
      for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = static_cast<T>(i);
      const long first = stride < 0 ? -stride * (n - 1) : 0;
      const S x = S::gather(memory.data() + first, stride, n);
      x.scatter(out.data() + first, stride, n);
      for (long i = 0; i < n; ++i) {
        CHECK(lanes_of(x)[i] == static_cast<T>(first + i * stride));
        CHECK(out[first + i * stride] == static_cast<T>(first + i * stride));
      }
    }
  }
}

TEMPLATE_TEST_CASE("simd: horizontal results go by halves", "[kernels][simd]", float, double) {
  using T = TestType;
  using S = simd<T>;
  T x[S::width];
  for (int i = 0; i < S::width; ++i) x[i] = static_cast<T>(std::sin(3.7 * i) * std::pow(10, i % 7));
  T sum[S::width];
  std::copy(x, x + S::width, sum);
  for (int half = S::width / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) sum[i] += sum[i + half];
  }
  CHECK(horizontal_sum(S::load(x)) == sum[0]);
  CHECK(horizontal_max(S::load(x)) == *std::max_element(x, x + S::width));
  CHECK(horizontal_min(S::load(x)) == *std::min_element(x, x + S::width));
  x[S::width - 1] = std::numeric_limits<T>::quiet_NaN();
  CHECK(std::isnan(horizontal_max(S::load(x))));
  CHECK(std::isnan(horizontal_min(S::load(x))));
}
