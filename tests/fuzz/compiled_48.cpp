#include "compiled.hpp"

TEST_CASE("compiled random functions 48 to 55: plan and bits of the interpreted ones", "[fuzz]") {
  fuzz::check_eight<48>();
}
