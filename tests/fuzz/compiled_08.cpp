#include "compiled.hpp"

TEST_CASE("compiled random functions 8 to 15: plan and bits of the interpreted ones", "[fuzz]") {
  fuzz::check_eight<8>();
}
