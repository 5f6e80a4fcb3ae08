#include <ansatz/base/key_faults.hpp>
#include <ansatz/base/random_state.hpp>
#include <ansatz/model/energy/spike_and_slab_rbm.hpp>

#include <fmt/format.h>

#include <cmath>
#include <vector>

namespace ansatz {

void mu_pooled_ssRBM::check() const {
  std::vector<KeyFaults::Fault> faults;
  if (alpha_irange >= first_alpha)
    faults.push_back({"alpha_irange", fmt::format("{}: precisions must be above 0, so less than "
                                                  "alpha0 {} is needed",
                                                  alpha_irange, first_alpha)});
  if (first_B < min_B)
    faults.push_back({"B0", fmt::format("{} is below min_B {}", first_B, min_B)});
  const long long most = 2147483647;
  if (1LL * nhid * n_s_per_h > most || 1LL * nvis * nhid > most / n_s_per_h)
    faults.push_back({"n_s_per_h", "more than 2147483647 weights"});
  if (!faults.empty()) throw KeyFaults(std::move(faults));
}

void mu_pooled_ssRBM::initialize(InitialValues& values) const {
  RandomState random = rng.empty() ? RandomState(1001) : random_state(rng, {});
  const auto drawn = [&](std::size_t count) {
    std::vector<double> x(count);
    random.uniform(0, 1, x);
    return x;
  };
  const auto v = static_cast<std::size_t>(nvis), h = static_cast<std::size_t>(nhid),
             s = static_cast<std::size_t>(slabs());
  const auto set = [&](const char* name, const std::vector<double>& x) {
    values.set(name, x.data(), static_cast<std::int64_t>(x.size()));
  };
  std::vector<double> alpha(s, std::log(first_alpha));
  if (alpha_irange > 0) {
    alpha = drawn(s);
    for (double& each : alpha) each = std::log(first_alpha + (2 * each - 1) * alpha_irange);
  }
  set("log_alpha", alpha);
  const double range =
      W_irange ? *W_irange : 2 / std::sqrt(static_cast<double>(nvis) * static_cast<double>(nhid));
  std::vector<double> W = drawn(v * s);
  for (double& each : W) each = (.5 - each) * 2 * range;
  set("W", W);
  std::vector<double> Lambda(v * h, first_Lambda);
  if (Lambda_irange > 0) {
    Lambda = drawn(v * h);
    for (double& each : Lambda) each = each * Lambda_irange + first_Lambda;
  }
  set("Lambda", Lambda);
  values.fill("mu", first_mu);
  values.fill("b", first_b);
  values.fill("B", first_B);
}

}  // namespace ansatz
