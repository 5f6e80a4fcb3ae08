#include <ansatz/base/bit_strings.hpp>
#include <dsl/exceptions.hpp>

#include <catch2/catch.hpp>

using namespace ansatz;

TEST_CASE("bit strings: all numbers of some bits, in order", "[data][bit_strings]") {
  const xt::xtensor<std::uint8_t, 2> three = {{0, 0, 0}, {0, 0, 1}, {0, 1, 0}, {0, 1, 1},
                                              {1, 0, 0}, {1, 0, 1}, {1, 1, 0}, {1, 1, 1}};
  CHECK((all_bit_strings(3) == three));
  CHECK(all_bit_strings(0).shape() == std::array<std::size_t, 2>{1, 0});
  CHECK(all_bit_strings(10).shape() == std::array<std::size_t, 2>{1024, 10});
  CHECK_THROWS_AS(all_bit_strings(-1), ValueError);
  CHECK_THROWS_AS(all_bit_strings(25), ValueError);
}

TEST_CASE("pooling matrix: pools side by side, and overlapping", "[data][bit_strings]") {
  const xt::xtensor<double, 2> apart = {{1, 1, 0, 0, 0, 0}, {0, 0, 1, 1, 0, 0}, {0, 0, 0, 0, 1, 1}};
  CHECK((pooling_matrix({3, 1}, {2, 1}) == apart));
  const xt::xtensor<double, 2> overlapping = {
      {1, 1, 1, 0, 0, 0, 0}, {0, 0, 1, 1, 1, 0, 0}, {0, 0, 0, 0, 1, 1, 1}};
  CHECK((pooling_matrix({3, 1}, {3, 1}, {2, 1}) == overlapping));
}

TEST_CASE("pooling matrix: grids of two dimensions", "[data][bit_strings]") {
  // 2 x 2 pools of 2 x 2 features, one apart: features are 3 x 3.
  const xt::xtensor<double, 2> windows = {{1, 1, 0, 1, 1, 0, 0, 0, 0},
                                          {0, 1, 1, 0, 1, 1, 0, 0, 0},
                                          {0, 0, 0, 1, 1, 0, 1, 1, 0},
                                          {0, 0, 0, 0, 1, 1, 0, 1, 1}};
  CHECK((pooling_matrix({2, 2}, {2, 2}, {1, 1}) == windows));
  const xt::xtensor<double, 2> tiles = {{1, 1, 0, 0}, {0, 0, 1, 1}};
  CHECK((pooling_matrix({2, 1}, {1, 2}) == tiles));
  CHECK_THROWS_AS(pooling_matrix({2, 2}, {2, 2}, {3, 1}), ValueError);
  CHECK_THROWS_AS(pooling_matrix({0, 2}, {2, 2}), ValueError);
}
