#include "compiled.hpp"

TEST_CASE("compiled random functions 16 to 23: plan and bits of the interpreted ones", "[fuzz]") {
  fuzz::check_eight<16>();
}
