#include "compiled.hpp"

TEST_CASE("compiled random functions 24 to 31: plan and bits of the interpreted ones", "[fuzz]") {
  fuzz::check_eight<24>();
}
