#include <ansatz/model/unknown_name.hpp>
#include <ansatz/nearest_name.hpp>

#include "unknown_name_error.hpp"

namespace ansatz::running {

void throw_unknown_name(std::string_view what, std::string_view name,
                        const ir::List<String>& known) {
  std::vector<std::string_view> names;
  for (const String& each : known) names.push_back(each);
  throw UnknownName(
      std::string(what) + " \"" + std::string(name) + "\"" + allowed_names(name, names), name);
}

}  // namespace ansatz::running
