#include <ansatz/files/npy.hpp>
#include <ansatz/job/initialization.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <cmath>

namespace ansatz {

namespace {

template <class E>
bool copy(const NpzArray& from, std::vector<double>& to) {
  const E* data = from.data<E>();
  if (!data) return false;
  to.assign(data, data + from.size());
  return true;
}

}  // namespace

std::vector<double> read_weight_mask(std::string_view layer, std::string_view path, int rows,
                                     int columns) {
  const NpzArray file = read_npy(std::string(path));
  if (file.shape != std::vector<std::int64_t>{rows, columns})
    throw ValueError(fmt::format("layer {}: mask_weights {} has shape [{}]; [{}, {}] is needed",
                                 layer, path, fmt::join(file.shape, ", "), rows, columns));
  std::vector<double> mask;
  const bool known = copy<float>(file, mask) || copy<double>(file, mask) ||
                     copy<std::int8_t>(file, mask) || copy<std::uint8_t>(file, mask) ||
                     copy<std::int16_t>(file, mask) || copy<std::uint16_t>(file, mask) ||
                     copy<std::int32_t>(file, mask) || copy<std::uint32_t>(file, mask) ||
                     copy<std::int64_t>(file, mask) || copy<std::uint64_t>(file, mask);
  if (!known) throw ValueError(fmt::format("layer {}: mask_weights {}: no numbers", layer, path));
  for (double m : mask)
    if (!std::isfinite(m))
      throw ValueError(fmt::format("layer {}: mask_weights {} holds {}", layer, path, m));
  return mask;
}

}  // namespace ansatz
