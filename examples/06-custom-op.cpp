// An op of one's own (log_cosh.hpp): its derivatives checked, then a use for it.
#include "log_cosh.hpp"

#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

#include <array>
#include <cmath>
#include <cstdio>

using namespace ansatz;

// The largest difference between df and central differences of f.
template <std::size_t N>
double difference(auto& program, const char* f, const char* df, const std::array<double, N>& x) {
  const double h = 1e-5;
  double largest = 0;
  for (std::size_t i = 0; i < N; ++i) {
    const auto value = [&](const char* name, double shift) {
      auto shifted = x;
      shifted[i] += shift;
      return program({{"x", shifted}})[name].data()[i];
    };
    const double slope = (value(f, h) - value(f, -h)) / (2 * h);
    largest = std::fmax(largest, std::fabs(slope - value(df, 0)));
  }
  return largest;
}

// Fits a line by gradient descent on the mean of Cost, and prints it.
template <class Cost>
void fit_line(const char* name, const std::array<float, 40>& x, const std::array<float, 40>& y) {
  auto step = compile([] {
    auto a = parameter<Scalar>("slope"), b = parameter<Scalar>("intercept");
    auto cost = mean(Cost{}(a * input<Scalar>("x") + b - input<Scalar>("y")));
    return function(update(a, a - 0.1 * grad(cost, a)), update(b, b - 0.1 * grad(cost, b)));
  });
  for (int i = 0; i < 500; ++i) step({{"x", x}, {"y", y}});
  const Store store = step.store();
  std::printf("%s: y = %.2f x + %.2f\n", name, *store.data<float>("slope"),
              *store.data<float>("intercept"));
}

int main() {
  auto check = compile<double>([] {
    auto x = input<Scalar>("x");
    auto y = robust::log_cosh(x), dy = grad(sum(y), x), ddy = grad(sum(dy), x);
    return function(output("y", y), output("dy", dy), output("ddy", ddy));
  });
  const std::array<double, 7> points{-200, -3, -0.5, 0, 1e-3, 2, 1000};
  const auto y = check({{"x", points}})["y"];
  std::printf("log cosh of -200, 0, 1000: %.4f %.4f %.4f\n", y.data()[0], y.data()[3], y.data()[6]);
  std::printf("first derivative agrees with differences: %s\n",
              difference(check, "y", "dy", points) < 1e-6 ? "yes" : "NO");
  std::printf("second derivative agrees with differences: %s\n",
              difference(check, "dy", "ddy", points) < 1e-6 ? "yes" : "NO");

  // Points on y = 2 x + 1, every eighth of them far off.
  std::array<float, 40> px, py;
  for (int i = 0; i < 40; ++i) {
    px[i] = 0.1f * float(i - 20);
    py[i] = 2 * px[i] + 1 + (i % 8 == 7 ? 10.0f : 0.1f * std::sin(37.0f * float(i)));
  }
  fit_line<decltype([](auto e) { return square(e); })>("square", px, py);
  fit_line<decltype([](auto e) { return robust::log_cosh(e); })>("log cosh", px, py);
}
