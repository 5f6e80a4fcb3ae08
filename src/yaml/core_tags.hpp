#pragma once

#include <string_view>

namespace ansatz::yaml {

/// What the tags of YAML's own types begin with, where it is written out: `!!int` in short.
inline constexpr std::string_view core_tags = "tag:yaml.org,2002:";

}  // namespace ansatz::yaml
