#include <ansatz/base/bit_strings.hpp>

#include <dsl/exceptions.hpp>

#include <fmt/format.h>

namespace ansatz {

xt::xtensor<std::uint8_t, 2> all_bit_strings(int bits) {
  if (bits < 0 || bits > 24)
    throw ValueError(fmt::format("all_bit_strings: bits must be from 0 to 24, but is {}", bits));
  const std::size_t count = std::size_t{1} << bits, width = static_cast<std::size_t>(bits);
  xt::xtensor<std::uint8_t, 2> table({count, width});
  for (std::size_t number = 0; number < count; ++number)
    for (std::size_t bit = 0; bit < width; ++bit)
      table(number, bit) = static_cast<std::uint8_t>(number >> (width - 1 - bit) & 1);
  return table;
}

xt::xtensor<double, 2> pooling_matrix(std::array<int, 2> groups, std::array<int, 2> per_group,
                                      std::array<int, 2> strides) {
  std::array<std::size_t, 2> grid, pool, step, features;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const int g = groups[axis], p = per_group[axis], s = strides[axis];
    if (g < 1 || s < 1 || s > p)
      throw ValueError(
          fmt::format("pooling_matrix: groups must be at least 1, and strides from 1 "
                      "to per_group, but axis {} has groups {}, per_group {} and "
                      "strides {}",
                      axis, g, p, s));
    grid[axis] = static_cast<std::size_t>(g);
    pool[axis] = static_cast<std::size_t>(p);
    step[axis] = static_cast<std::size_t>(s);
    features[axis] = (grid[axis] - 1) * step[axis] + pool[axis];
  }
  xt::xtensor<double, 2> table = xt::zeros<double>({grid[0] * grid[1], features[0] * features[1]});
  for (std::size_t r = 0; r < grid[0]; ++r)
    for (std::size_t c = 0; c < grid[1]; ++c)
      for (std::size_t y = 0; y < pool[0]; ++y)
        for (std::size_t x = 0; x < pool[1]; ++x)
          table(r * grid[1] + c, (r * step[0] + y) * features[1] + c * step[1] + x) = 1;
  return table;
}
xt::xtensor<double, 2> pooling_matrix(std::array<int, 2> groups, std::array<int, 2> per_group) {
  return pooling_matrix(groups, per_group, per_group);
}

}  // namespace ansatz
