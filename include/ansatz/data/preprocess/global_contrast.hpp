// Global contrast normalisation of examples, in place.
#pragma once

#include <cstdint>

namespace ansatz {

/// How each example x of d numbers is normalised: x <- scale (x - mean) / n, where n = sqrt(
/// sqrt_bias + sum of squares), of the numbers without their mean, or with `use_std` their standard
/// deviation with ddof 1; an n below min_divisor counts as 1. Pylearn2's
/// global_contrast_normalize; Coates, Lee and Ng 2011.
struct GlobalContrast {
  double scale = 1;
  bool subtract_mean = true, use_std = false;
  double sqrt_bias = 0, min_divisor = 1e-8;
};

/// Normalises `examples` rows of `width` numbers. Sums are taken in double.
void normalize_contrast(const GlobalContrast& how, float* x, std::int64_t examples,
                        std::int64_t width);
void normalize_contrast(const GlobalContrast& how, double* x, std::int64_t examples,
                        std::int64_t width);

}  // namespace ansatz
