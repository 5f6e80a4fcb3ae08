#include "compiled.hpp"

TEST_CASE("compiled random functions 32 to 39: plan and bits of the interpreted ones", "[fuzz]") {
  fuzz::check_eight<32>();
}
