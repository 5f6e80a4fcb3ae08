#include "json_output.hpp"

#include "../base/say.hpp"

#include <fmt/format.h>

#include <cmath>

namespace ansatz::app {

OrderedJson json_of(double value) {
  if (std::isfinite(value)) return value;
  return fmt::format("{}", value);
}

void put_json(const OrderedJson& json) {
  say(stdout, "{}\n", json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
}

CLI::Option* add_json(CLI::App& command, bool& json, const std::string& what) {
  return command.add_flag("--json", json, what);
}

}  // namespace ansatz::app
