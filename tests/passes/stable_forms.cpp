// Quotients, roots, powers, products and logs of sums of exponentials, far beyond where an
// exponential overflows. The reference computes value and derivatives as they are written, in long
// double, whose exponents reach e^11356.
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include <catch2/catch.hpp>

#include <dsl/build.hpp>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops/activation/softmax.hpp>
#include <dsl/ops/activation/tanh.hpp>
#include <dsl/ops/arithmetic/expm1.hpp>
#include <dsl/ops/arithmetic/log1p.hpp>
#include <dsl/ops/arithmetic/pow.hpp>
#include <dsl/ops/arithmetic/rsqrt.hpp>
#include <dsl/ops/arithmetic/sqrt.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/reduce/sum.hpp>
#include <dsl/passes/lower.hpp>

namespace pass_test::stable_forms {

using namespace ansatz;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

// A value with its first two derivatives.
struct Jet {
  long double y = 0, d = 0, h = 0;
};
Jet operator+(Jet a, Jet b) { return {a.y + b.y, a.d + b.d, a.h + b.h}; }
Jet operator-(Jet a, Jet b) { return {a.y - b.y, a.d - b.d, a.h - b.h}; }
Jet operator*(Jet a, Jet b) {
  return {a.y * b.y, a.d * b.y + a.y * b.d, a.h * b.y + 2 * a.d * b.d + a.y * b.h};
}
Jet number(double x) { return {x, 0, 0}; }
Jet of(Jet a, long double y, long double d, long double h) {
  return {y, d * a.d, h * a.d * a.d + d * a.h};
}
Jet power(Jet a, double p) {
  const long double y = std::pow(a.y, static_cast<long double>(p));
  return of(a, y, p * y / a.y, p * (p - 1) * y / a.y / a.y);
}
Jet operator/(Jet a, Jet b) { return a * power(b, -1); }
Jet exponential(Jet a) {
  const long double y = std::exp(a.y);
  return of(a, y, y, y);
}
Jet logarithm(Jet a) { return of(a, std::log(a.y), 1 / a.y, -1 / a.y / a.y); }
Jet logistic(Jet a) { return number(1) / (number(1) + exponential(number(0) - a)); }

// An expression of z, its reference, and how it is written.
struct Form {
  AnyExpr e;
  std::function<Jet(Jet)> of;
  std::string text;
};

AnyExpr z_input() { return AnyExpr(input<Scalar>("z").value()); }

// All that is a number is right to 5e-4 (float) of the largest of value and derivatives: exponents
// of a thousand are rounded, as well.
template <class T>
void check(const Form& f, const AnyExpr& z, const std::vector<double>& at) {
  const AnyExpr d = grad(sum(f.e), z), h = grad(sum(d), z);
  auto program = build<T>(function(output("y", f.e), output("d", d), output("h", h)));
  std::vector<T> zs(at.begin(), at.end());
  auto r = program({{"z", view(zs.data(), {static_cast<int>(zs.size())})}});
  // Factors that are no exponentials are up to 10^6.
  const long double most = std::is_same_v<T, float> ? 1e31L : 1e294L;
  const long double tolerance = std::is_same_v<T, float> ? 5e-4L : 1e-9L;
  for (std::size_t k = 0; k < at.size(); ++k) {
    const Jet right = f.of({zs[k], 1, 0});
    const long double want[] = {right.y, right.d, right.h};
    const char* const names[] = {"y", "d", "h"};
    long double scale = 0;
    for (long double w : want) scale = std::max(scale, std::abs(w));
    if (!(scale < most)) continue;
    for (int j = 0; j < 3; ++j) {
      INFO(f.text << " at " << at[k] << ": " << names[j]);
      const long double got = r[names[j]].data()[k];
      CHECK(std::abs(got - want[j]) <= tolerance * scale + 1 / most);
    }
  }
}

const std::vector<double> places = {0,   1,   -1,   20,  -20,  60,   -60,  88,
                                    -88, 100, -100, 700, -700, 1500, -1500};

}  // namespace

TEST_CASE("stable forms: derivatives of both orders where exponentials overflow",
          "[pass][stabilize]") {
  const AnyExpr z = z_input(), w = exp(z);
  const auto e = [](Jet a) { return exponential(a); };
  const auto minus = [](Jet a) { return number(0) - a; };
  const auto one = number(1);
  const Form forms[] = {
      {1 / (w + exp(-z)), [=](Jet a) { return one / (e(a) + e(minus(a))); }, "1/(w + 1/w)"},
      {pow(1 + exp(-z), -2), [=](Jet a) { return power(one + e(minus(a)), -2); }, "(1 + 1/w)^-2"},
      {sqrt(1 / (1 + exp(-z))), [=](Jet a) { return power(logistic(a), 0.5); }, "sqrt(sigmoid)"},
      {(exp(z) - 1) / exp(z), [=](Jet a) { return (e(a) - one) / e(a); }, "(w - 1)/w"},
      {(0.3 * w + z * w) / (1 + w),
       [=](Jet a) { return (number(0.3) * e(a) + a * e(a)) / (one + e(a)); }, "(.3 + z) w/(1 + w)"},
      {z * exp(z + 1) / (exp(z) + exp(z + 2) + 1),
       [=](Jet a) { return a * e(a + one) / (e(a) + e(a + number(2)) + one); },
       "z e^(z + 1)/(w + e^(z + 2) + 1)"},
      {exp(-z) * pow(1 + exp(-z), -2),
       [=](Jet a) { return e(minus(a)) * power(one + e(minus(a)), -2); }, "(1 + 1/w)^-2/w"},
      {exp(1.5 * z) / (1 + exp(z)), [=](Jet a) { return e(number(1.5) * a) / (one + e(a)); },
       "w^1.5/(1 + w)"},
      {exp(z) * rsqrt(1 + exp(2 * z)), [=](Jet a) { return e(a) * power(one + e(a + a), -0.5); },
       "w/sqrt(1 + w^2)"},
      {exp(-z) * (1 + exp(z)), [=](Jet a) { return e(minus(a)) * (one + e(a)); }, "(1 + w)/w"},
      {sqrt(exp(-z)) * (2 * exp(z) / (2 * exp(z) + exp(-2 * z))),
       [=](Jet a) {
         return e(number(-0.5) * a) * (number(2) * e(a) / (number(2) * e(a) + e(number(-2) * a)));
       },
       "sqrt(1/w) 2w/(2w + w^-2)"},
      {((1.5 + exp(1.5 * z)) * (2 * exp(0.5 * z))) / (1 + exp(z) + exp(2 * z)),
       [=](Jet a) {
         return (number(1.5) + e(number(1.5) * a)) * (number(2) * e(number(0.5) * a)) /
                (one + e(a) + e(a + a));
       },
       "(1.5 + w^1.5) 2w^.5/(1 + w + w^2)"},
      {square(sigmoid(-z)) * (exp(2 * z) + 1.5),
       [=](Jet a) { return power(logistic(minus(a)), 2) * (e(a + a) + number(1.5)); },
       "q^2 (w^2 + 1.5)"},
      {z / (2 + exp(z)), [=](Jet a) { return a / (number(2) + e(a)); }, "z/(2 + w)"},
      {z / exp(z), [=](Jet a) { return a / e(a); }, "z/w"},
      {sqrt(1 + exp(z)), [=](Jet a) { return power(one + e(a), 0.5); }, "sqrt(1 + w)"},
      {pow(exp(z), 0.25), [=](Jet a) { return e(number(0.25) * a); }, "w^.25"},
      {exp(z) / square(3 + exp(z)), [=](Jet a) { return e(a) / power(number(3) + e(a), 2); },
       "w/(3 + w)^2"},
      {1 / (sigmoid(z) * (1 - sigmoid(z))),
       [=](Jet a) { return one / (logistic(a) * logistic(minus(a))); }, "1/(p (1 - p))"},
      {sigmoid(z) / sigmoid(z - 1), [=](Jet a) { return logistic(a) / logistic(a - one); }, "p/q"},
  };
  for (const Form& f : forms) {
    check<float>(f, z, places);
    check<double>(f, z, places);
  }
  // Where the sum is 0 it has neither log nor quotient.
  const std::vector<double> some = {1, -1, 20, 88, 100, 700, 1500};
  check<float>({log(exp(z) - 1), [=](Jet a) { return logarithm(e(a) - one); }, "log(w - 1)"}, z,
               {1, 20, 88, 100, 700, 1500});
  check<float>({z / (exp(z) - 1), [=](Jet a) { return a / (e(a) - one); }, "z/(w - 1)"}, z, some);
  check<float>({1 / (exp(z) - exp(-z)), [=](Jet a) { return one / (e(a) - e(minus(a))); }, "csch"},
               z, some);
}

// The logs of densities of a tanh or sigmoid of something: 0 or infinite as written where it
// saturates, at 9 in float and at 19 in double.
TEST_CASE("stable forms: logs of 1 less what saturates", "[pass][stabilize]") {
  const AnyExpr z = z_input();
  const Jet one = number(1), two = number(2);
  const auto e = [](Jet a) { return exponential(a); };
  const auto minus = [](Jet a) { return number(0) - a; };
  const auto sech = [=](Jet a) { return two / (e(a) + e(minus(a))); };
  const auto squared = [=](Jet a) { return number(2) * logarithm(sech(a)); };
  const auto less = [=](Jet a) { return logarithm(two / (one + e(a + a))); };
  // log((1 - tanh(a)) / 2) = -log(1 + w), w = e^(2 a)
  const auto below = [=](Jet a) {
    const Jet w = e(a + a);
    return of(w, -std::log1p(w.y), -1 / (1 + w.y), 1 / (1 + w.y) / (1 + w.y));
  };
  const Form forms[] = {
      {log(1 - square(tanh(z))), squared, "log(1 - square(tanh(z)))"},
      {log(1 - tanh(z) * tanh(z)), squared, "log(1 - t t)"},
      {log(1 - pow(tanh(z), 2)), squared, "log(1 - pow(t, 2))"},
      {log1p(-square(tanh(z))), squared, "log1p(-square(t))"},
      {log(-square(tanh(z)) + 1), squared, "log(-square(t) + 1)"},
      {log(3 * (1 - square(tanh(z)))), [=](Jet a) { return logarithm(number(3)) + squared(a); },
       "log(3 (1 - square(t)))"},
      {log((1 - tanh(z)) * (1 + tanh(z))), squared, "log((1 - t) (1 + t))"},
      {log(1 - tanh(z)), less, "log(1 - t)"},
      {log(0.5 * (1 - tanh(z))), below, "log((1 - t) / 2)"},
      {log(1 - (tanh(z) + 1) / 2), below, "log(1 - (t + 1) / 2)"},
      {log(0.5 * (tanh(z) + 1)), [=](Jet a) { return below(minus(a)); }, "log((t + 1) / 2)"},
      {log(0.5 - -0.5 * tanh(z)), [=](Jet a) { return below(minus(a)); }, "log(.5 + .5 t)"},
      {log(-tanh(z) / 2 + 0.5), below, "log(-t / 2 + .5)"},
      {log(1 + tanh(z)), [=](Jet a) { return less(minus(a)); }, "log(1 + t)"},
      {log1p(tanh(z)), [=](Jet a) { return less(minus(a)); }, "log1p(t)"},
      {0.5 * log((1 + tanh(z)) / (1 - tanh(z))), [](Jet a) { return a; }, "atanh(t)"},
      {log(1 - square(sigmoid(z))),
       [=](Jet a) {
         const Jet p = logistic(a), u = p * p;
         if (a.y > 0) return logarithm((one + two * e(a)) / power(one + e(a), 2));
         return of(u, std::log1p(-u.y), -1 / (1 - u.y), -1 / (1 - u.y) / (1 - u.y));
       },
       "log(1 - square(p))"},
  };
  const std::vector<double> at = {0,   1e-3, -1e-3, .3,  -.3,  .5,  -.5,  .7,  -.7, 1,
                                  -1,  2,    -2,    5,   -5,   9,   -9,   19,  -19, 40,
                                  -40, 88,   -88,   100, -100, 300, -300, 700, -700};
  for (const Form& f : forms) {
    check<float>(f, z, at);
    check<double>(f, z, at);
  }
}

TEST_CASE("stable forms: limits at infinity", "[pass][stabilize]") {
  const AnyExpr z = z_input();
  struct Limit {
    AnyExpr e;
    double at, y, d;
  };
  const Limit limits[] = {
      {1 / (exp(z) + exp(-z)), inf, 0, 0},  {1 / (exp(z) + exp(-z)), -inf, 0, 0},
      {pow(1 + exp(-z), -2), inf, 1, 0},    {pow(1 + exp(-z), -2), -inf, 0, 0},
      {sqrt(1 / (1 + exp(-z))), inf, 1, 0}, {sqrt(1 / (1 + exp(-z))), -inf, 0, 0},
      {(exp(z) - 1) / exp(z), inf, 1, 0},   {exp(z) / (3 + exp(z)), inf, 1, 0},
      {exp(z) / (3 + exp(z)), -inf, 0, 0},
  };
  for (const Limit& l : limits) {
    auto f = build(function(output("y", l.e), output("d", grad(sum(l.e), z))));
    const float at[] = {static_cast<float>(l.at)};
    auto r = f({{"z", view(at, {1})}});
    INFO(&l - limits);
    CHECK(r["y"].data()[0] == l.y);
    CHECK(r["d"].data()[0] == l.d);
  }
  auto f = build(function(output("y", exp(z) / (3 + exp(z) + exp(-z)))));
  const float nan[] = {std::numeric_limits<float>::quiet_NaN()};
  CHECK(std::isnan(f({{"z", view(nan, {1})}})["y"].data()[0]));
}

// The numerator's exponential may overflow where the quotient is small, of other variables, too.
TEMPLATE_TEST_CASE("stable forms: quotients of exponentials of two variables", "[pass][stabilize]",
                   float, double) {
  const AnyExpr x(input<Scalar>("x").value()), z = z_input();
  const auto e = [](Jet a) { return exponential(a); };
  const Jet one = number(1);
  struct Quotient {
    AnyExpr e;
    std::function<Jet(Jet, Jet)> of;
  };
  const Quotient quotients[] = {
      {exp(x) / (1 + exp(z)), [=](Jet a, Jet b) { return e(a) / (one + e(b)); }},
      {exp(x) / (exp(z) + 1), [=](Jet a, Jet b) { return e(a) / (one + e(b)); }},
      {(1 + exp(x)) / (1 + exp(z)), [=](Jet a, Jet b) { return (one + e(a)) / (one + e(b)); }},
      {expm1(x) / (1 + exp(z)), [=](Jet a, Jet b) { return (e(a) - one) / (one + e(b)); }},
      {x * exp(x) / (1 + exp(z)), [=](Jet a, Jet b) { return a * e(a) / (one + e(b)); }},
      {exp(x) * exp(z) / (1 + exp(z)), [=](Jet a, Jet b) { return e(a) * e(b) / (one + e(b)); }},
      {exp(-x) / (1 + exp(-z)),
       [=](Jet a, Jet b) { return e(number(-1) * a) / (one + e(number(-1) * b)); }},
      {exp(x) / (3 + exp(z)), [=](Jet a, Jet b) { return e(a) / (number(3) + e(b)); }},
      {sqrt(exp(x) / (1 + exp(z))), [=](Jet a, Jet b) { return power(e(a) / (one + e(b)), 0.5); }},
      {(exp(x) + exp(z)) / (1 + exp(z)),
       [=](Jet a, Jet b) { return (e(a) + e(b)) / (one + e(b)); }},
  };
  std::vector<TestType> xs, zs;
  for (double a : places)
    for (double b : {0., 5., -5., 1., 20.})
      for (double sign : {1., -1.}) {
        xs.push_back(static_cast<TestType>(a));
        zs.push_back(static_cast<TestType>(sign * (a + b)));
      }
  const int n = static_cast<int>(xs.size());
  const bool single = std::is_same_v<TestType, float>;
  const long double most = single ? 1e31L : 1e294L, tolerance = single ? 5e-4L : 1e-9L;
  for (const Quotient& q : quotients) {
    const AnyExpr dx = grad(sum(q.e), x), dz = grad(sum(q.e), z);
    auto f = build<TestType>(function(output("y", q.e), output("dx", dx), output("dz", dz)));
    auto r = f({{"x", view(xs.data(), {n})}, {"z", view(zs.data(), {n})}});
    for (int k = 0; k < n; ++k) {
      const long double a = xs[std::size_t(k)], b = zs[std::size_t(k)];
      const Jet by_x = q.of({a, 1, 0}, {b, 0, 0}), by_z = q.of({a, 0, 0}, {b, 1, 0});
      const long double want[] = {by_x.y, by_x.d, by_z.d};
      long double scale = 0;
      for (long double w : want) scale = std::max(scale, std::abs(w));
      if (!(scale < most)) continue;
      for (int j = 0; j < 3; ++j) {
        INFO("quotient " << &q - quotients << " at " << double(a) << ", " << double(b) << ": "
                         << (j == 0   ? "y"
                             : j == 1 ? "by x"
                                      : "by z"));
        CHECK(std::abs(r[j].data()[k] - want[j]) <= tolerance * scale + 1 / most);
      }
    }
  }
}

TEST_CASE("stable forms: the log of 1 - e^x falls at 0", "[pass][stabilize]") {
  const AnyExpr x(input<Scalar>("x").value());
  for (const AnyExpr& y : {log(1 - exp(x)), log1p(-exp(x)), log(-expm1(x))}) {
    auto f = build(function(output("y", y), output("d", grad(sum(y), x))));
    const float at[] = {0, -1e-30f, -1};
    auto r = f({{"x", view(at, {3})}});
    CHECK(r["y"].data()[0] == -inf);
    CHECK(r["d"].data()[0] == -inf);
    CHECK(r["d"].data()[1] == Approx(-1e30));
    CHECK(r["d"].data()[2] == Approx(-std::exp(-1.0) / (1 - std::exp(-1.0))));
  }
}

TEST_CASE("stable forms: random ones", "[pass][stabilize]") {
  const AnyExpr z = z_input();
  for (unsigned seed = 0; seed < 400; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    const auto sums = [&] {
      Form s;
      const int terms = 1 + below(3);
      for (int k = 0; k < terms; ++k) {
        const double c = 1 + 0.5 * below(3), b = below(3) - 1;
        double a = 0.5 * (below(9) - 4);
        if (a == 0) a = 1;
        Form t = {
            c * exp(a * z + b),
            [=](Jet x) { return number(c) * exponential(number(a) * x + number(b)); },
            std::to_string(c) + " e^(" + std::to_string(a) + " z + " + std::to_string(b) + ")"};
        if (k > 0 && below(4) == 0)
          t = {AnyExpr(ir::Value(c)), [=](Jet) { return number(c); }, std::to_string(c)};
        if (k > 0 && below(4) == 0)  // a sum of what is no exponential
          t = {z * z + c - b, [=](Jet x) { return x * x + number(c) - number(b); },
               "(z^2 + " + std::to_string(c) + " - " + std::to_string(b) + ")"};
        if (k == 0)
          s = t;
        else
          s = {s.e + t.e, [f = s.of, g = t.of](Jet x) { return f(x) + g(x); },
               s.text + " + " + t.text};
      }
      return s;
    };
    const auto quotient = [](const Form& a, const Form& b) {
      return Form{a.e / b.e, [f = a.of, g = b.of](Jet x) { return f(x) / g(x); },
                  "(" + a.text + ")/(" + b.text + ")"};
    };
    const auto raised = [](const Form& a, double p) {
      return Form{p == 0.5 ? AnyExpr(sqrt(a.e)) : AnyExpr(pow(a.e, p)),
                  [f = a.of, p](Jet x) { return power(f(x), p); },
                  "(" + a.text + ")^" + std::to_string(p)};
    };
    const auto times = [](const Form& a, const Form& b) {
      return Form{a.e * b.e, [f = a.of, g = b.of](Jet x) { return f(x) * g(x); },
                  "(" + a.text + ")*(" + b.text + ")"};
    };
    const double powers[] = {-2, -1, -0.5, 0.5, 0.25, -3};
    const Form a = sums(), b = sums(), c = sums();
    Form f;
    switch (below(7)) {
      case 0:
        f = quotient(a, b);
        break;
      case 1:
        f = raised(a, powers[below(6)]);
        break;
      case 2:
        f = raised(quotient(a, b), powers[below(6)]);
        break;
      case 3:
        f = quotient(a, raised(b, 0.5));
        break;
      case 4:
        f = times(a, raised(b, -1.5));
        break;
      case 5:
        f = quotient(quotient(a, b), raised(c, 2));
        break;
      default:
        f = quotient(times({z, [](Jet x) { return x; }, "z"}, a), b);
    }
    check<float>(f, z, {0, 1, -1, 20, -20, 60, -60, 88, -88, 100, -100, 300, -300, 700, -700});
  }
}

// A sum that is exactly 0 at z = 0, whatever w is: its quotients, powers and logs are infinite or 0
// there, with the sign that they have as written, also where their exponentials are 0 or overflow.
TEST_CASE("stable forms: sums that cancel exactly", "[pass][stabilize]") {
  using Real = long double;
  struct Cancelling {
    AnyExpr e;
    std::function<Real(Real, Real)> of;  // of w and z
    std::string text;
  };
  const AnyExpr w(input<Scalar>("w").value()), z = z_input();
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    const auto term = [&]() -> Cancelling {
      const double c = (1 + 0.5 * below(3)) * (below(3) ? 1 : -1), a = below(5) - 2,
                   b = below(3) - 1;
      return {c * exp(a * w + b),
              [=](Real u, Real) { return static_cast<Real>(c) * std::exp(a * u + b); },
              std::to_string(c) + " e^(" + std::to_string(a) + " w + " + std::to_string(b) + ")"};
    };
    const auto plus = [](const Cancelling& a, const Cancelling& b, int sign) -> Cancelling {
      return {sign < 0 ? a.e - b.e : a.e + b.e,
              [f = a.of, g = b.of, sign](Real u, Real v) { return f(u, v) + sign * g(u, v); },
              "(" + a.text + (sign < 0 ? " - " : " + ") + b.text + ")"};
    };
    const auto times = [](const Cancelling& a, const Cancelling& b) -> Cancelling {
      return {a.e * b.e, [f = a.of, g = b.of](Real u, Real v) { return f(u, v) * g(u, v); },
              a.text + " * " + b.text};
    };
    const auto over = [](const Cancelling& a, const Cancelling& b) -> Cancelling {
      return {a.e / b.e, [f = a.of, g = b.of](Real u, Real v) { return f(u, v) / g(u, v); },
              a.text + " / " + b.text};
    };
    const auto minus = [](const Cancelling& a) -> Cancelling {
      return {-a.e, [f = a.of](Real u, Real v) { return -f(u, v); }, "-" + a.text};
    };
    const auto some = [&] {
      Cancelling s = term();
      for (int k = below(3); k > 0; --k) s = plus(s, term(), 1);
      return s;
    };
    // c e^(a w) - c e^(a w - z), a half of the times with a sum that both parts have
    const auto nothing = [&] {
      const double c = 1 + 0.5 * below(3), a = below(5) - 2;
      Cancelling first = {c * exp(a * w), [=](Real u, Real) { return Real(c) * std::exp(a * u); },
                          "c e^aw"};
      Cancelling second = {c * exp(a * w - z),
                           [=](Real u, Real v) { return Real(c) * std::exp(a * u - v); },
                           "c e^(aw - z)"};
      if (below(2)) {
        // The reference leaves out what is in both: it is the larger part, at times.
        const AnyExpr both = term().e;
        first.e = first.e + both;
        second.e = second.e + both;
        second.text += ", both with a sum";
      }
      Cancelling d = plus(first, second, -1);
      return below(3) ? d : minus(d);
    };
    const Cancelling a = some(), d = nothing();
    const Cancelling one = {AnyExpr(ir::Value(1.)), [](Real, Real) { return 1.L; }, "1"};
    Cancelling f;
    switch (below(8)) {
      case 0:
        f = over(a, d);
        break;
      case 1:
        f = over(plus(one, a, 1), d);
        break;
      case 2:
        f = over(d, a);
        break;
      case 3:
        f = times(a, over(one, d));
        break;
      case 4:
        f = plus(over(a, d), one, -1);
        break;
      case 5:
        f = {a.e * pow(d.e, -2.),
             [=](Real u, Real v) { return a.of(u, v) / (d.of(u, v) * d.of(u, v)); },
             a.text + " * " + d.text + "^-2"};
        break;
      case 6:
        f = {log(d.e * d.e), [=](Real u, Real v) { return std::log(d.of(u, v) * d.of(u, v)); },
             "log of the square of " + d.text};
        break;
      default:
        f = times(over(d, a), term());
    }
    auto program = build(function(output("y", f.e)));
    for (const float at_w : {0.f, 20.f, -20.f, 60.f, -60.f, 88.f, -88.f, 100.f, -100.f, 300.f})
      for (const float at_z : {0.f, 1.f, -1.f}) {
        const Real want = f.of(at_w, at_z);
        if (std::isnan(want)) continue;
        const float got =
            program({{"w", view(&at_w, {1})}, {"z", view(&at_z, {1})}})["y"].data()[0];
        INFO(seed << ": " << f.text << " at w = " << at_w << ", z = " << at_z << ": "
                  << static_cast<double>(want));
        if (std::isinf(want) || std::abs(want) > 1e37L)
          CHECK((std::isinf(want) ? got == want : std::abs(got) > 1e36f));
        else
          CHECK(std::abs(got - want) <= 1e-3L * std::abs(want) + 1e-36L);
      }
  }
}

TEST_CASE("stable forms: terms of a sum that stand before another's", "[pass][stabilize]") {
  // The log-density of a reparametrised normal number: (m + b) + e^s n less (m + b), over e^s.
  Function f;
  const AnyExpr m = z_input(), b(input<Scalar>("b").value()), s(input<Scalar>("s").value()),
                n(input<Scalar>("n").value());
  const AnyExpr mu = m + b, e = exp(s);
  f.add(output("u", (mu + e * n - mu) / e));
  f.add(output("v", (mu + e * n - (m - b)) / e));
  f.add(output("w", (e * n - (mu - (m * b + (m - n)))) / (e + 1)));
  auto program = build<double>(f);
  for (const double x : {-2., .3, 1.7}) {
    const double at_b = .4 * x - 1, at_s = -.7 * x, at_n = x * x - .5;
    const auto r = program({{"z", view(&x, {1})},
                            {"b", view(&at_b, {1})},
                            {"s", view(&at_s, {1})},
                            {"n", view(&at_n, {1})}});
    const double e_s = std::exp(at_s);
    CHECK(r["u"].data()[0] == Approx(at_n).epsilon(1e-12));
    CHECK(r["v"].data()[0] == Approx((2 * at_b + e_s * at_n) / e_s).epsilon(1e-12));
    CHECK(r["w"].data()[0] ==
          Approx((e_s * at_n - (x + at_b - (x * at_b + (x - at_n)))) / (e_s + 1)).epsilon(1e-12));
  }
}

TEST_CASE("stable forms: sums over axes", "[pass][stabilize]") {
  const auto x = input<VectorSpace<3>>("x");
  const auto w = shared_input<VectorSpace<3>>("w");
  const auto mean = sum(w * exp(x), units) / sum(exp(x), units);
  const auto root = sum(w * sqrt(softmax(x)), units);
  auto f = build(function(output("mean", mean), output("mean_d", grad(sum(mean), x)),
                          output("root", root), output("root_d", grad(sum(root), x))));
  const float xs[] = {200, 198, -300, -100, -300, -98, 1, 2, 3}, ws[] = {1, -2, 3};
  auto r = f({{"x", view(xs, {3, 3})}, {"w", view(ws, {3})}});
  for (int row = 0; row < 3; ++row) {
    long double p[3], total = 0, y = 0, s = 0;
    for (int k = 0; k < 3; ++k) total += std::exp(static_cast<long double>(xs[3 * row + k]));
    for (int k = 0; k < 3; ++k) {
      p[k] = std::exp(static_cast<long double>(xs[3 * row + k])) / total;
      y += ws[k] * p[k];
      s += ws[k] * std::sqrt(p[k]);
    }
    CHECK(r["mean"].data()[row] == Approx(static_cast<double>(y)).epsilon(1e-5));
    CHECK(r["root"].data()[row] == Approx(static_cast<double>(s)).epsilon(1e-5));
    for (int k = 0; k < 3; ++k) {
      const double mean_d = static_cast<double>(p[k] * (ws[k] - y));
      const double root_d = static_cast<double>((ws[k] * std::sqrt(p[k]) - p[k] * s) / 2);
      CHECK(r["mean_d"].data()[3 * row + k] == Approx(mean_d).epsilon(1e-4).margin(1e-6));
      CHECK(r["root_d"].data()[3 * row + k] == Approx(root_d).epsilon(1e-4).margin(1e-6));
    }
  }
}

TEST_CASE("stable forms: what is right as it is written keeps its bits", "[pass][stabilize]") {
  const auto x = input<VectorSpace<3>>("x");
  const auto same = [](const auto& e) {
    const ir::Graph g = ir::graph_of(function(outputs(e)));
    const ir::Graph s = ir::expand(ir::stabilize(g));
    return s.size() == g.size() && s.is(s.roots[0].value, g[g.roots[0].value].op);
  };
  CHECK(same(1 / (exp(x) + exp(-x))));
  CHECK(same(x / (2 + exp(x))));
  CHECK(same(pow(3 + exp(x), -2)));
  CHECK(same(exp(x) * exp(2 * x + 1)));
  CHECK(same(exp(x) * (1 + exp(x))));
  CHECK(same(sigmoid(x) * sigmoid(-x)));
  CHECK(same(exp(x) * sigmoid(shared_input<VectorSpace<3>>("y"))));
  // Scaled by the user.
  const auto e = exp(x - max(x, units, keep_axes));
  CHECK(same(x * e / sum(x * e, units, keep_axes)));
  // With a gradient the value is still the one that is written.
  const auto y = 1 / (exp(x) + exp(-x));
  const ir::Graph g = ir::graph_of(function(outputs(y, grad(sum(y), x))));
  const ir::Graph s = ir::optimize(g);
  CHECK(s.is(s.roots[0].value, ir::info_of<ops::Divide>));
  CHECK(s.is(s.in(s.roots[0].value, 1), ir::info_of<ops::Add>));
}

TEST_CASE("stable forms: the compiler finds them, too", "[pass][stabilize]") {
  auto compiled = compile([] {
    const auto z = input<Scalar>("z");
    const auto y = exp(1.5 * z) / (1 + exp(z) + exp(2 * z));
    return function(output("y", y), output("d", grad(sum(y, batch), z)));
  });
  const float at[] = {100, -100};
  auto r = compiled({{"z", view(at, {2})}});
  CHECK(r["y"].data()[0] == Approx(std::exp(-50.0)).epsilon(1e-5));
  CHECK(r["d"].data()[0] == Approx(-0.5 * std::exp(-50.0)).epsilon(1e-5));
  CHECK(r["y"].data()[1] == 0);
  CHECK(std::isfinite(r["d"].data()[1]));
}

}  // namespace pass_test::stable_forms
