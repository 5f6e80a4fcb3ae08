#include <ansatz/base/random_state.hpp>
#include <ansatz/model/layers/maxout.hpp>

namespace ansatz {

void MaxoutBase::initialize(const Place& at, InitialValues& values, RandomState& rng) const {
  Dense::initialize(at, values, rng);
  if (!randomize_pools) return;
  const auto n = static_cast<std::size_t>(units());
  std::vector<double> permute(n * n);
  for (std::size_t j = 0; j < n; ++j)
    permute[static_cast<std::size_t>(rng.randint(units())) * n + j] = 1;
  values.set(own(at, "permute"), permute.data(), static_cast<std::int64_t>(permute.size()));
}

}  // namespace ansatz
