#include <ansatz/base/natural_order.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace ansatz;

TEST_CASE("natural_order: names with numbers sort by the numbers", "[natural_order]") {
  const std::vector<std::string> sorted = {
      "",   "-3",  "-2",   "0.5",  "2",     "h",        "h0",        "h1_col_norms_max",
      "h2", "h10", "h10_", "h10a", "layer", "mlp_h2_z", "mlp_h11_a", "y_misclass"};
  for (std::size_t i = 0; i < sorted.size(); ++i)
    for (std::size_t j = 0; j < sorted.size(); ++j) {
      CAPTURE(sorted[i], sorted[j]);
      const int sign = natural_compare(sorted[i], sorted[j]);
      CHECK((sign > 0) - (sign < 0) == (i > j) - (i < j));
    }
  std::vector<std::string> names = sorted;
  std::reverse(names.begin(), names.end());
  std::stable_sort(names.begin(), names.end(), natural_less);
  CHECK(names == sorted);
}

TEST_CASE("natural_order: decimal points and exponents belong to a number", "[natural_order]") {
  CHECK(natural_less("a1.5", "a1.25e") == false);
  CHECK(natural_less("a20", "a1e3"));
  CHECK(natural_less("a1e2", "a1000"));
  CHECK(natural_compare("a1", "a01") == 0);
  CHECK(natural_compare("a1.", "a1") == 0);
  CHECK(natural_less("a1", "a1e"));  // no digit behind the e: a letter
  CHECK(natural_less("a1e9", "a1ex") == false);
  CHECK(natural_less("a-1", "a--1"));  // a sign, and a dash before a sign
  CHECK(natural_less("a1e5", "a" + std::string(400, '9')));
  CHECK(natural_less("1", "a"));
  CHECK(natural_less("a", "\xc3\xa4"));
}
