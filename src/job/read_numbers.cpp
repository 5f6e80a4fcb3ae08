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

std::vector<double> read_numbers(std::string_view owner, std::string_view key,
                                 std::string_view path, const ir::Shape& shape) {
  const NpzArray file = read_npy(std::string(path));
  const std::vector<std::int64_t> wanted(shape.dim, shape.dim + shape.rank);
  if (file.shape != wanted)
    throw ValueError(fmt::format("{}: {} {} has shape [{}]; [{}] is needed", owner, key, path,
                                 fmt::join(file.shape, ", "), fmt::join(wanted, ", ")));
  std::vector<double> numbers;
  const bool known = copy<float>(file, numbers) || copy<double>(file, numbers) ||
                     copy<std::int8_t>(file, numbers) || copy<std::uint8_t>(file, numbers) ||
                     copy<std::int16_t>(file, numbers) || copy<std::uint16_t>(file, numbers) ||
                     copy<std::int32_t>(file, numbers) || copy<std::uint32_t>(file, numbers) ||
                     copy<std::int64_t>(file, numbers) || copy<std::uint64_t>(file, numbers);
  if (!known) throw ValueError(fmt::format("{}: {} {}: no numbers", owner, key, path));
  for (double m : numbers)
    if (!std::isfinite(m)) throw ValueError(fmt::format("{}: {} {} holds {}", owner, key, path, m));
  return numbers;
}

}  // namespace ansatz
