#include <ansatz/model/density/distribution.hpp>

#include <cmath>
#include <numbers>

namespace ansatz {

AnyExpr UniformHypersphere::log_prob(const AnyExpr& v) const {
  const double half = .5 * dim;
  const double log_area = std::log(2.) + half * std::log(std::numbers::pi) - std::lgamma(half) +
                          (dim - 1) * std::log(radius);
  return 0 * sum(fitting(v), units) - log_area;
}

}  // namespace ansatz
