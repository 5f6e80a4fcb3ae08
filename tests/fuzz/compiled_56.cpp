#include "compiled.hpp"

TEST_CASE("compiled random functions 56 to 63: plan and bits of the interpreted ones", "[fuzz]") {
  fuzz::check_eight<56>();
}
