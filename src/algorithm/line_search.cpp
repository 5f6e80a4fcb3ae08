#include "line_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ansatz {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double number_or_infinity(double x) { return std::isnan(x) ? infinity : x; }

// Raises the ratios of neighbours to the power .99 when one of them is above 5.
void close_ranks(std::vector<double>& steps, double best) {
  double widest = 0;
  for (std::size_t i = 1; i < steps.size(); ++i) widest = std::max(widest, steps[i] / steps[i - 1]);
  if (widest <= 5) return;
  constexpr double weight = .99;
  for (double& step : steps) step = std::pow(step, weight) * std::pow(best, 1. - weight);
}

}  // namespace

LineStep search_listed(const Objective& at, double objective_at_0, std::vector<double>& steps,
                       double tolerance) {
  LineStep best{0, objective_at_0, false};
  std::ptrdiff_t index = -1;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const double value = number_or_infinity(at(steps[i]));
    if (value > best.objective) continue;
    best = {steps[i], value, false};
    index = static_cast<std::ptrdiff_t>(i);
  }
  if (index < 1 && steps.front() > tolerance) {
    for (double& step : steps) step /= 3;
  } else if (index > std::ssize(steps) - 2) {
    for (double& step : steps) step *= 2;
  } else if (index == -1) {
    best.converged = steps.back() > 1;
    for (std::size_t i = 0; i < steps.size() && !best.converged; ++i)
      for (std::size_t k = i; k < steps.size(); ++k) steps[k] *= 1.5;
  } else {
    close_ranks(steps, best.size);
  }
  return best;
}

LineStep search_exhaustive(const Objective& at, double objective_at_0, std::vector<double>& steps,
                           double min_init) {
  struct Point {
    double step, value;
  };
  std::vector<Point> points{{0, objective_at_0}};  // by rising steps
  const auto lowest = [&] {
    return std::min_element(points.begin(), points.end(),
                            [](const Point& a, const Point& b) { return a.value < b.value; }) -
           points.begin();
  };
  for (double step : steps) points.push_back({step, number_or_infinity(at(step))});

  double gain_before = 0;
  while (true) {
    const auto best = static_cast<std::size_t>(lowest());
    const std::size_t last = points.size() - 1;
    double x;
    if (best == 0)
      x = (points[0].step + points[1].step) / 2;
    else if (best == last)
      x = 2 * points[last].step;
    else if (points[best + 1].value < points[best - 1].value)
      x = (points[best].step + points[best + 1].step) / 2;
    else
      x = (points[best].step + points[best - 1].step) / 2;
    const auto next =
        std::find_if(points.begin(), points.end(), [x](const Point& p) { return p.step >= x; });
    // Nothing lies between neighbours of a double.
    if (x < 1e-20 || (next != points.end() && next->step == x)) break;
    const double value_before = points[best].value;
    const bool enough = points.size() > 10;
    const double value = number_or_infinity(at(x));
    points.insert(next, {x, value});
    const double gain = value_before - value;
    if ((gain > 0 && gain < .01 * gain_before) || enough) break;
    gain_before = gain;
  }
  const auto best = static_cast<std::size_t>(lowest());
  const double x = std::max(points[best == 0 ? 1 : best].step, 2 * min_init);
  steps = {x / 2, x};
  return {points[best].step, points[best].value, false};
}

namespace {

// Where a cubic with these values and slopes is lowest, kept off the ends of the interval.
double cubic_minimum(double a, LinePoint at_a, double b, LinePoint at_b) {
  const double d1 = at_a.slope + at_b.slope - 3 * (at_a.value - at_b.value) / (a - b);
  const double root = d1 * d1 - at_a.slope * at_b.slope;
  double x = (a + b) / 2;
  if (root >= 0) {
    const double d2 = std::copysign(std::sqrt(root), b - a);
    const double found = b - (b - a) * (at_b.slope + d2 - d1) / (at_b.slope - at_a.slope + 2 * d2);
    if (std::isfinite(found)) x = found;
  }
  const double low = std::min(a, b), margin = .1 * std::abs(b - a);
  return std::clamp(x, low + margin, low + std::abs(b - a) - margin);
}

}  // namespace

LineStep search_wolfe(const std::function<LinePoint(double)>& at, LinePoint at_0, double first) {
  constexpr double decrease = 1e-4, curvature = .9;
  LineStep best{0, at_0.value, false};
  int left = 20;
  const auto try_step = [&](double step) {
    --left;
    LinePoint p = at(step);
    if (std::isnan(p.value) || std::isnan(p.slope)) p = {infinity, 0};
    if (p.value < best.objective) best = {step, p.value, false};
    return p;
  };
  const auto falls_enough = [&](double step, const LinePoint& p) {
    return p.value <= at_0.value + decrease * step * at_0.slope;
  };
  const auto flat_enough = [&](const LinePoint& p) {
    return std::abs(p.slope) <= -curvature * at_0.slope;
  };

  double low = 0, high = 0, step = first;
  LinePoint at_low = at_0, at_high;
  bool bracketed = false;
  while (left > 0 && !bracketed) {
    const LinePoint p = try_step(step);
    if (!falls_enough(step, p) || (low > 0 && p.value >= at_low.value)) {
      high = step, at_high = p, bracketed = true;
    } else if (flat_enough(p)) {
      return {step, p.value, false};
    } else if (p.slope >= 0) {
      high = low, at_high = at_low, low = step, at_low = p, bracketed = true;
    } else {
      low = step, at_low = p, step *= 2;
    }
  }
  while (left > 0 && low != high) {
    step =
        std::isfinite(at_high.value) ? cubic_minimum(low, at_low, high, at_high) : (low + high) / 2;
    if (step == low || step == high) break;
    const LinePoint p = try_step(step);
    if (!falls_enough(step, p) || p.value >= at_low.value) {
      high = step, at_high = p;
      continue;
    }
    if (flat_enough(p)) return {step, p.value, false};
    if (p.slope * (high - low) >= 0) high = low, at_high = at_low;
    low = step, at_low = p;
  }
  return best;
}

}  // namespace ansatz
