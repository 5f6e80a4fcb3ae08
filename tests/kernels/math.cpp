#include <catch2/catch.hpp>
#include <cmath>
#include <dsl/kernels/simd.hpp>
#include <limits>
#include <random>
#include <vector>

using ansatz::kernels::simd;

namespace {

template <class T>
T one(simd<T> (*f)(simd<T>), T x) {
  return f(simd<T>(x)).first();
}

/// Distance in units in the last place of T.
template <class T>
double ulps(T got, long double wanted) {
  const T rounded = static_cast<T>(wanted);
  if (std::isnan(rounded)) return std::isnan(got) ? 0 : 1e30;
  if (std::isinf(rounded) || std::isinf(got)) return got == rounded ? 0 : 1e30;
  const T size = std::fabs(rounded);
  const T unit = std::nextafter(size, std::numeric_limits<T>::infinity()) - size;
  return static_cast<double>(std::fabs(static_cast<long double>(got) - wanted) / unit);
}

template <class T>
struct Function {
  const char* name;
  simd<T> (*vector)(simd<T>);
  long double (*exact)(long double);
  T low, high;
};

template <class T>
std::vector<Function<T>> functions() {
  const T large = std::numeric_limits<T>::max();
  return {{"exp", ansatz::kernels::exp, expl, T(sizeof(T) == 4 ? -104 : -746),
           T(sizeof(T) == 4 ? 89 : 710)},
          {"expm1", ansatz::kernels::expm1, expm1l, T(-60), T(sizeof(T) == 4 ? 89 : 710)},
          {"log", ansatz::kernels::log, logl, T(0), large},
          {"log1p", ansatz::kernels::log1p, log1pl, T(-0.999999), large},
          {"sin", ansatz::kernels::sin, sinl, T(-1e5), T(1e5)},
          {"cos", ansatz::kernels::cos, cosl, T(-1e5), T(1e5)},
          {"tanh", ansatz::kernels::tanh, tanhl, T(-25), T(25)},
          {"erf", ansatz::kernels::erf, erfl, T(-7), T(7)}};
}

/// Numbers evenly over the range, over [-2, 2], and of every magnitude.
template <class T>
std::vector<T> samples(T low, T high) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> unit(0, 1);
  const double smallest = std::log(static_cast<double>(std::numeric_limits<T>::denorm_min()));
  const double largest = std::log(static_cast<double>(std::numeric_limits<T>::max()));
  std::vector<T> x;
  for (int i = 0; i < 20000; ++i) {
    x.push_back(static_cast<T>(low + unit(random) * (static_cast<double>(high) - low)));
    x.push_back(static_cast<T>(4 * unit(random) - 2));
    const T any = static_cast<T>(std::exp(smallest + unit(random) * (largest - smallest)));
    x.push_back(any), x.push_back(-any);
  }
  std::erase_if(x, [&](T t) { return !(t >= low && t <= high); });
  return x;
}

}  // namespace

TEMPLATE_TEST_CASE("math: functions are within 4 units in the last place", "[kernels][math]", float,
                   double) {
  for (const auto& f : functions<TestType>()) {
    double worst = 0;
    TestType where = 0;
    for (TestType x : samples(f.low, f.high)) {
      const double error = ulps(one(f.vector, x), f.exact(x));
      if (error > worst) worst = error, where = x;
    }
    INFO(f.name << " at " << where);
    CHECK(worst <= 4);
  }
}

TEMPLATE_TEST_CASE("math: a lane does not depend on the others", "[kernels][math]", float, double) {
  using S = simd<TestType>;
  const TestType infinity = std::numeric_limits<TestType>::infinity();
  for (const auto& f : functions<TestType>()) {
    std::vector<TestType> x = samples(f.low, f.high);
    for (std::size_t i = 0; i < x.size(); i += 7) x[i] = i % 2 ? infinity : TestType(1e30);
    for (std::size_t i = 0; i + S::width <= 3000; i += S::width) {
      TestType together[S::width];
      f.vector(S::load(&x[i])).store(together);
      for (int l = 0; l < S::width; ++l) {
        const TestType alone = one(f.vector, x[i + l]);
        INFO(f.name << " of " << x[i + l]);
        CHECK((alone == together[l] || (std::isnan(alone) && std::isnan(together[l]))));
      }
    }
  }
}

TEMPLATE_TEST_CASE("math: special values are those of C", "[kernels][math]", float, double) {
  using T = TestType;
  using L = std::numeric_limits<T>;
  const T special[] = {T(0),
                       T(-0.0),
                       T(1),
                       T(-1),
                       T(2),
                       T(-2),
                       L::infinity(),
                       -L::infinity(),
                       L::quiet_NaN(),
                       L::denorm_min(),
                       -L::denorm_min(),
                       L::min(),
                       -L::min(),
                       L::max(),
                       -L::max(),
                       L::epsilon(),
                       T(1e-6),
                       T(3e5)};
  for (const auto& f : functions<T>()) {
    for (T x : special) {
      const T got = one(f.vector, x);
      const T wanted = static_cast<T>(f.exact(x));
      INFO(f.name << " of " << x << " is " << got << ", not " << wanted);
      CHECK(ulps(got, f.exact(x)) <= 4);
      if (wanted == 0) CHECK(std::signbit(got) == std::signbit(wanted));
    }
  }
}

TEMPLATE_TEST_CASE("math: pow is within 4 units in the last place", "[kernels][math]", float,
                   double) {
  using T = TestType;
  std::mt19937_64 random(11);
  std::uniform_real_distribution<double> unit(0, 1);
  double worst = 0;
  for (int i = 0; i < 50000; ++i) {
    const T x = static_cast<T>(std::exp(160 * unit(random) - 80));
    const T y = static_cast<T>((i % 2 ? 4 : 200) * (unit(random) - 0.5));
    const long double exact = powl(x, y);
    worst = std::max(worst, ulps(pow(simd<T>(x), simd<T>(y)).first(), exact));
  }
  CHECK(worst <= 4);
}

TEMPLATE_TEST_CASE("math: pow of special values is that of C", "[kernels][math]", float, double) {
  using T = TestType;
  using L = std::numeric_limits<T>;
  const T special[] = {T(0),          T(-0.0),        T(1),           T(-1),    T(2),
                       T(-2),         T(3),           T(-3),          T(0.5),   T(-0.5),
                       L::infinity(), -L::infinity(), L::quiet_NaN(), L::max(), L::denorm_min()};
  for (T x : special) {
    for (T y : special) {
      const T got = pow(simd<T>(x), simd<T>(y)).first();
      const T wanted = std::pow(x, y);
      INFO(x << " to the power " << y << " is " << got << ", not " << wanted);
      CHECK(ulps(got, wanted) <= 4);
      if (wanted == 0) CHECK(std::signbit(got) == std::signbit(wanted));
    }
  }
}
