#include <ansatz/registry/made_for.hpp>

#include <fmt/format.h>

#include <cstring>

namespace ansatz::registering {

// A shared object made with other headers would crash far from the cause. The sizes of the types
// that both use differ as soon as their members do.
bool made_for_this_library(const compiling::Stamp& stamp, const Layout& its_layout,
                           const char* file) {
  const compiling::Stamp& mine = compiling::stamp;
  std::string difference;
  if (stamp.magic != mine.magic)
    difference = "its stamp is not one of this library";
  else if (std::strcmp(stamp.version, mine.version) != 0)
    difference =
        fmt::format("it was compiled with version {}, this is {}", stamp.version, mine.version);
  else if (std::strcmp(stamp.isa, mine.isa) != 0)
    difference = fmt::format("it was compiled for {}, this program for {}", stamp.isa, mine.isa);
  else if (std::memcmp(stamp.sizes, mine.sizes, sizeof(mine.sizes)) != 0 || !(its_layout == layout))
    difference = "it was compiled with other headers";
  if (difference.empty()) return true;
  registry().add_fault(fmt::format("{}: {}; compile it again", file, difference));
  return false;
}

}  // namespace ansatz::registering
