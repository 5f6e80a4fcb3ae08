#include "compiled.hpp"

TEST_CASE("compiled random functions 0 to 7: plan and bits of the interpreted ones", "[fuzz]") {
  fuzz::check_eight<0>();
}
