// Searches along a line, over any function of the step.
#pragma once

#include <functional>
#include <vector>

namespace ansatz {

/// The objective at a step; steps are 0 or positive. What is not a number counts as infinite.
using Objective = std::function<double(double)>;

struct LineStep {
  double size = 0;
  double objective = 0;
  bool converged = false;
};

/// Pylearn2's default search: tries `steps` (rising), takes the best, the larger of equal ones, and
/// adapts the steps for the next search: a third when the smallest or none was best, twice when
/// the largest was, else closer together. Converged: no step helps, the smallest being below
/// `tolerance` and the largest above 1.
LineStep search_listed(const Objective& at, double objective_at_0, std::vector<double>& steps,
                       double tolerance);

/// Pylearn2's line_search_mode 'exhaustive': see BGD. `steps` (rising) is where it begins, and
/// becomes {x / 2, x} for the next search, x being the best step, but at least twice `min_init`.
LineStep search_exhaustive(const Objective& at, double objective_at_0, std::vector<double>& steps,
                           double min_init);

/// Value and derivative at a step.
struct LinePoint {
  double value = 0, slope = 0;
};

/// A step that meets the strong Wolfe conditions, with factors 1e-4 and .9 (Nocedal, Wright 2006,
/// algorithms 3.5 and 3.6, with cubic interpolation). After 20 evaluations the best step so far;
/// size 0 when none was below the value at 0.
LineStep search_wolfe(const std::function<LinePoint(double)>& at, LinePoint at_0, double first);

}  // namespace ansatz
