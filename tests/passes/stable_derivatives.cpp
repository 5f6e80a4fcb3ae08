// Values and derivatives of what is written with exponentials, to second order, where an
// exponential is 0, infinite or everything: at zeros of both signs, denormal, huge and infinite
// operands. The references are closed forms in double.
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <dsl/build.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops/activation/sigmoid.hpp>
#include <dsl/ops/activation/softplus.hpp>
#include <dsl/ops/arithmetic/expm1.hpp>
#include <dsl/ops/arithmetic/log1p.hpp>
#include <dsl/ops/arithmetic/pow.hpp>
#include <dsl/ops/arithmetic/rsqrt.hpp>
#include <dsl/ops/arithmetic/sqrt.hpp>
#include <dsl/ops/reduce/sum.hpp>

namespace pass_test::stable_derivatives {

using namespace ansatz;

namespace {

using Real = std::function<double(double)>;

double logistic(double z) {
  return z >= 0 ? 1 / (1 + std::exp(-z)) : std::exp(z) / (1 + std::exp(z));
}
double slope(double z) { return logistic(z) * logistic(-z); }
double bend(double z) { return slope(z) * (logistic(-z) - logistic(z)); }
double soft(double z) { return z > 0 ? z + std::log1p(std::exp(-z)) : std::log1p(std::exp(z)); }
double squared_sech(double z) {
  const double c = std::exp(-std::abs(z));
  return 4 * c * c / (1 + c * c) / (1 + c * c);
}

struct Curve {
  Real value, first, second;
};
const Curve sigmoids{logistic, slope, bend};
const Curve complements{[](double z) { return logistic(-z); }, [](double z) { return -slope(z); },
                        [](double z) { return -bend(z); }};
const Curve log_sigmoids{[](double z) { return -soft(-z); }, [](double z) { return logistic(-z); },
                         [](double z) { return -slope(z); }};
const Curve softpluses{soft, logistic, slope};
const Curve tanhs{[](double z) { return std::tanh(z); }, squared_sech,
                  [](double z) { return -2 * std::tanh(z) * squared_sech(z); }};
const Curve roots{[](double z) { return std::sqrt(logistic(2 * z)); },
                  [](double z) { return std::sqrt(logistic(2 * z)) * logistic(-2 * z); },
                  [](double z) {
                    const double q = logistic(-2 * z);
                    return std::sqrt(logistic(2 * z)) * (q * q - 2 * q * (1 - q));
                  }};

constexpr float inf = std::numeric_limits<float>::infinity();
const std::vector<float> everywhere{0.0f,    -0.0f,    1e-40f, -1e-40f, 1.0f,   -1.0f,
                                    20.0f,   -20.0f,   90.0f,  -90.0f,  300.0f, -300.0f,
                                    1000.0f, -1000.0f, 3e38f,  -3e38f,  inf,    -inf};

void check(const std::string& written, const AnyExpr& e, const AnyExpr& z, const Curve& curve,
           const std::vector<float>& points = everywhere) {
  INFO(written);
  const AnyExpr first = grad(sum(e), z);
  auto f = build(function(output("value", e), output("first", first),
                          output("second", grad(sum(first), z)), output("z", z)));
  for (const float x : points) {
    INFO("at " << x);
    const auto got = f({{"z", view(&x, {1, 1})}});
    const auto near = [&](const char* name, const Real& right) {
      const auto want = static_cast<float>(right(x));
      const float value = got[name].data()[0];
      INFO(name << " is " << value << ", right is " << want);
      // What is written subtracts from 1, of which a float has seven digits.
      CHECK((value == want || std::abs(value - want) <= 1e-4f * std::abs(want) + 1e-7f));
    };
    near("value", curve.value);
    near("first", curve.first);
    near("second", curve.second);
  }
}

}  // namespace

#define CHECK_WRITTEN(expression, curve) check(#expression, expression, z, curve)

TEST_CASE("stable derivatives: sigmoids however they are written", "[passes][stable]") {
  auto z = input<VectorSpace<1>>("z");
  CHECK_WRITTEN(sigmoid(z), sigmoids);
  CHECK_WRITTEN(1 / (1 + exp(-z)), sigmoids);
  CHECK_WRITTEN(1 / (exp(-z) + 1), sigmoids);
  CHECK_WRITTEN(exp(z) / (1 + exp(z)), sigmoids);
  CHECK_WRITTEN(pow(1 + exp(-z), -1), sigmoids);
  CHECK_WRITTEN(exp(log(sigmoid(z))), sigmoids);
  CHECK_WRITTEN(1 - sigmoid(z), complements);
  CHECK_WRITTEN(1 / (1 + exp(z)), complements);
  CHECK_WRITTEN(1 / sqrt(1 + exp(-2 * z)), roots);
  CHECK_WRITTEN(rsqrt(1 + exp(-2 * z)), roots);
}

TEST_CASE("stable derivatives: logs of sigmoids", "[passes][stable]") {
  auto z = input<VectorSpace<1>>("z");
  CHECK_WRITTEN(log(sigmoid(z)), log_sigmoids);
  CHECK_WRITTEN(log(1 / (1 + exp(-z))), log_sigmoids);
  CHECK_WRITTEN(log(exp(z) / (1 + exp(z))), log_sigmoids);
  CHECK_WRITTEN(log(1 - sigmoid(-z)), log_sigmoids);
  CHECK_WRITTEN(log1p(-sigmoid(-z)), log_sigmoids);
  CHECK_WRITTEN(-log(1 + exp(-z)), log_sigmoids);
  CHECK_WRITTEN(softplus(z), softpluses);
  CHECK_WRITTEN(log(1 + exp(z)), softpluses);
  CHECK_WRITTEN(log1p(exp(z)), softpluses);
  CHECK_WRITTEN(log(exp(z) + 1), softpluses);
  CHECK_WRITTEN(-log(1 - sigmoid(z)), softpluses);
  CHECK_WRITTEN(-log(sigmoid(-z)), softpluses);
}

TEST_CASE("stable derivatives: hyperbolic tangents and what cancels", "[passes][stable]") {
  auto z = input<VectorSpace<1>>("z");
  CHECK_WRITTEN(tanh(z), tanhs);
  CHECK_WRITTEN((exp(z) - exp(-z)) / (exp(z) + exp(-z)), tanhs);
  CHECK_WRITTEN((exp(2 * z) - 1) / (exp(2 * z) + 1), tanhs);
  CHECK_WRITTEN(2 * sigmoid(2 * z) - 1, tanhs);
  const Curve log_cosh{
      [](double x) { return std::abs(x) + std::log1p(std::exp(-2 * std::abs(x))) - std::log(2.0); },
      tanhs.value, tanhs.first};
  CHECK_WRITTEN(log((exp(z) + exp(-z)) / 2), log_cosh);
  const Real one = [](double) { return 1.0; };
  const Real zero = [](double) { return 0.0; };
  CHECK_WRITTEN(log(exp(z)), (Curve{[](double x) { return x; }, one, zero}));
  CHECK_WRITTEN(exp(z) / exp(z), (Curve{one, zero, zero}));
}

TEST_CASE("stable derivatives: logs of differences", "[passes][stable]") {
  const auto z = AnyExpr(input("z", VectorSpace(1)).value());
  const Curve rest{
      [](double u) { return u > -0.6 ? std::log(-std::expm1(u)) : std::log1p(-std::exp(u)); },
      [](double u) { return std::exp(u) / std::expm1(u); },
      [](double u) { return -std::exp(u) / std::expm1(u) / std::expm1(u); }};
  const std::vector<float> below{-1e-10f, -1e-7f, -1e-3f, -0.5f, -0.7f, -1, -20, -90, -300};
  check("log(1 - exp(z))", log(1 - exp(z)), z, rest, below);
  check("log(1 + -exp(z))", log(1 + -exp(z)), z, rest, below);
  check("log1p(-exp(z))", log1p(-exp(z)), z, rest, below);
  check("log(-expm1(z))", log(-expm1(z)), z, rest, below);

  // The logistic density between two numbers, of which either side of 0 saturates.
  const Curve between{
      [](double u) { return std::log1p(-std::exp(-2)) - soft(-u - 1) - soft(u - 1); },
      [](double u) { return logistic(-u - 1) - logistic(u - 1); },
      [](double u) { return -slope(u + 1) - slope(u - 1); }};
  const std::vector<float> finite{0,   -1, 1,   8,   -8,   17,   -17,  40,
                                  -40, 90, -90, 300, -300, 1000, -1000};
  check("log(sigmoid - sigmoid)", log(sigmoid(z + 1) - sigmoid(z - 1)), z, between, finite);
  check("log(1 / (1 + exp) - 1 / (1 + exp))", log(1 / (1 + exp(-z - 1)) - 1 / (1 + exp(1 - z))), z,
        between, finite);

  const Curve minus{[](double u) { return -u; }, [](double) { return -1; },
                    [](double) { return 0; }};
  check("log(1 / sigmoid - 1)", log(1 / sigmoid(z) - 1), z, minus, {1, -1, -17, 40, -40, 80});
}

}  // namespace pass_test::stable_derivatives
