// Templates filled in, with positions kept.
#pragma once

#include "text.hpp"

namespace ansatz::yaml {

/// The sources one after the other, each ending its last line.
Text paste(const std::vector<SourcePtr>& sources);

/// The same, with their %(name)s filled in
/// (see <ansatz/yaml/template.hpp>).
Text fill(const std::vector<SourcePtr>& sources, const std::vector<std::string>& definitions,
          std::size_t limit, Errors& errors);

}  // namespace ansatz::yaml
