#include "spaces.hpp"

namespace ansatz {

bool read_value(const Value& from, AxisOrder& to) {
  to = {};
  std::vector<Value> axes = from.items();
  if (!from.is_list()) axes = {from};
  for (const Value& each : axes) {
    if (each.place()->kind != yaml::Kind::scalar) {
      each.refuse("axes: b, c, 0 and 1");
      return false;
    }
    to.text += each.place()->text;
  }
  return true;
}

void write_value(Describer& to, const AxisOrder& order) {
  if (order.text.empty()) return to.null();
  to.open_list();
  for (const char axis : order.text.view()) {
    if (axis >= '0' && axis <= '9')
      to.integer(axis - '0');
    else
      to.text(std::string_view(&axis, 1));
  }
  to.close();
}

}  // namespace ansatz
