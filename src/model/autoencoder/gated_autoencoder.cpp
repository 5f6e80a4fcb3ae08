#include <ansatz/model/autoencoder/gated_autoencoder.hpp>

#include <ansatz/base/key_faults.hpp>
#include <ansatz/base/random_state.hpp>

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace ansatz {

void GatedAutoencoder::check() const {
  if ((nvisx > 0) != (nvisy > 0))
    throw KeyFaults(nvisx > 0 ? "nvisy" : "nvisx", "both nvisx and nvisy are needed");
  if (nvisx > 0 && space.kind != SpaceKind::null)
    throw KeyFaults("nvisx", "nvisx and input_space exclude each other");
  const SpaceInfo both = input_space();
  if (both.kind == SpaceKind::null)
    throw KeyFaults("nvisx", "nvisx and nvisy, or an input_space, are needed");
  bool good = both.kind == SpaceKind::composite && both.components.size() == 2;
  for (const SpaceInfo& each : both.components)
    good = good && (each.kind == SpaceKind::vector || each.kind == SpaceKind::conv2d);
  if (!good)
    throw KeyFaults("input_space",
                    fmt::format("found {}; a CompositeSpace of two vectors or images is needed",
                                to_text(both).view()));
  if (source.parts.size() != 2 || source.parts[0].several() || source.parts[1].several())
    throw KeyFaults("input_source", "two sources are needed, as there are two inputs");
}

void FactoredGatedAutoencoder::initialize(InitialValues& values) const {
  RandomState random = rng.empty() ? RandomState(9001) : random_state(rng, {});
  // The seed of a generator that Pylearn2 gives the model.
  random.randint(std::int64_t{1} << 30);
  const std::pair<const char*, int> matrices[] = {
      {"wxf", size(0)}, {"wyf", size(1)}, {"whf", nmap}, {"whf_in", nmap}};
  for (const auto& [name, rows] : matrices) {
    std::vector<double> w(static_cast<std::size_t>(rows) * static_cast<std::size_t>(nfac));
    random.randn(w);
    for (double& each : w) each *= irange;
    values.set(name, w.data(), static_cast<std::int64_t>(w.size()));
  }
  for (const char* name : {"mb", "vbX", "vbY"}) values.fill(name, 0);
}

}  // namespace ansatz
