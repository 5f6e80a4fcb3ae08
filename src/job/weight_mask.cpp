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

std::vector<double> read_weight_mask(std::string_view owner, std::string_view path,
                                     const ir::Shape& shape) {
  const NpzArray file = read_npy(std::string(path));
  const std::vector<std::int64_t> wanted(shape.dim, shape.dim + shape.rank);
  if (file.shape != wanted)
    throw ValueError(fmt::format("{}: mask_weights {} has shape [{}]; [{}] is needed", owner, path,
                                 fmt::join(file.shape, ", "), fmt::join(wanted, ", ")));
  std::vector<double> mask;
  const bool known = copy<float>(file, mask) || copy<double>(file, mask) ||
                     copy<std::int8_t>(file, mask) || copy<std::uint8_t>(file, mask) ||
                     copy<std::int16_t>(file, mask) || copy<std::uint16_t>(file, mask) ||
                     copy<std::int32_t>(file, mask) || copy<std::uint32_t>(file, mask) ||
                     copy<std::int64_t>(file, mask) || copy<std::uint64_t>(file, mask);
  if (!known) throw ValueError(fmt::format("{}: mask_weights {}: no numbers", owner, path));
  for (double m : mask)
    if (!std::isfinite(m))
      throw ValueError(fmt::format("{}: mask_weights {} holds {}", owner, path, m));
  return mask;
}

}  // namespace ansatz
