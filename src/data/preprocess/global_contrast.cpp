#include <ansatz/data/preprocess/global_contrast.hpp>

#include <cmath>

namespace ansatz {

namespace {

template <class T>
void normalize(const GlobalContrast& how, T* x, std::int64_t examples, std::int64_t width) {
  for (std::int64_t i = 0; i < examples; ++i, x += width) {
    double mean = 0;
    for (std::int64_t k = 0; k < width; ++k) mean += static_cast<double>(x[k]);
    mean /= static_cast<double>(width);
    const double taken = how.subtract_mean ? mean : 0;
    double squares = 0;
    // A standard deviation is about the mean, whether that is subtracted or not.
    const double about = how.use_std ? mean : taken;
    for (std::int64_t k = 0; k < width; ++k) {
      const double d = static_cast<double>(x[k]) - about;
      squares += d * d;
    }
    double n = how.use_std ? std::sqrt(how.sqrt_bias + squares / static_cast<double>(width - 1))
                           : std::sqrt(how.sqrt_bias + squares);
    n /= how.scale;
    if (!(n >= how.min_divisor)) n = 1;
    for (std::int64_t k = 0; k < width; ++k)
      x[k] = static_cast<T>((static_cast<double>(x[k]) - taken) / n);
  }
}

}  // namespace

void normalize_contrast(const GlobalContrast& how, float* x, std::int64_t examples,
                        std::int64_t width) {
  normalize(how, x, examples, width);
}
void normalize_contrast(const GlobalContrast& how, double* x, std::int64_t examples,
                        std::int64_t width) {
  normalize(how, x, examples, width);
}

}  // namespace ansatz
