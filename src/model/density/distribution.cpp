#include <ansatz/base/key_faults.hpp>
#include <ansatz/model/density/distribution.hpp>

#include <fmt/format.h>

#include <cmath>
#include <numbers>

namespace ansatz {

AnyExpr UniformHypersphere::log_prob(const AnyExpr& v) const {
  const double half = .5 * dim;
  const double log_area = std::log(2.) + half * std::log(std::numbers::pi) - std::lgamma(half) +
                          (dim - 1) * std::log(radius);
  return 0 * sum(fitting(v), units) - log_area;
}

void Multinomial::check() const {
  double total = 0;
  for (const double p : pi) total += p;
  if (pi.empty()) throw KeyFaults("pi", "at least one class is needed");
  if (!(total > 0)) throw KeyFaults("pi", "one of the probabilities must be above 0");
  if (!renormalize && std::abs(total - 1) > 1e-6)
    throw KeyFaults("pi",
                    fmt::format("the probabilities sum to {}, not 1; renormalize divides them "
                                "by their sum",
                                total));
}

}  // namespace ansatz
