// Compiled with -O3, see CMakeLists.txt.
#include "programs/static_programs.hpp"

#include "program_text.hpp"

std::vector<fuzz::StaticProgram> fuzz::programs_o3() {
  return {std::begin(programs), std::end(programs)};
}
