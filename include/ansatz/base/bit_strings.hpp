// all_bit_strings, pooling_matrix: tables of zeros and ones.
#pragma once

#include <array>
#include <cstdint>

#include <xtensor/xtensor.hpp>

namespace ansatz {

/// [2^bits, bits]: the numbers 0 to 2^bits - 1 in binary, the most significant bit first, as
/// Pylearn2's utils.bit_strings. ValueError unless 0 <= bits <= 24.
xt::xtensor<std::uint8_t, 2> all_bit_strings(int bits);

/// [pools, features]: element (i, j) is 1 when feature j is in pool i. Pools of per_group[0] x
/// per_group[1] features stand on a grid of groups[0] x groups[1], strides apart; features form
/// the smallest grid that holds them, both grids row by row, as Pylearn2's utils.pooling.
/// A grid in one dimension is {n, 1}. ValueError unless 1 <= strides <= per_group and groups >= 1.
xt::xtensor<double, 2> pooling_matrix(std::array<int, 2> groups, std::array<int, 2> per_group,
                                      std::array<int, 2> strides);
/// Without overlap.
xt::xtensor<double, 2> pooling_matrix(std::array<int, 2> groups, std::array<int, 2> per_group);

}  // namespace ansatz
