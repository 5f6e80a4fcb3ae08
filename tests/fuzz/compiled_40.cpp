#include "compiled.hpp"

TEST_CASE("compiled random functions 40 to 47: plan and bits of the interpreted ones", "[fuzz]") {
  fuzz::check_eight<40>();
}
