#include "json_output.hpp"

namespace ansatz::app {

CLI::Option* add_json(CLI::App& command, bool& json, const std::string& what) {
  return command.add_flag("--json", json, what);
}

}  // namespace ansatz::app
