#include <ansatz/model/unknown_name.hpp>

#include <ansatz/model/unknown_name_error.hpp>

namespace ansatz::running {

void throw_unknown_name(std::string_view what, std::string_view name,
                        const ir::List<String>& known) {
  std::vector<std::string> names;
  for (const String& each : known) names.emplace_back(each.view());
  throw UnknownName(what, name, std::move(names));
}

}  // namespace ansatz::running
