// AxisOrder: in which order the axes of images are told.
#pragma once

#include <ansatz/base/describe.hpp>
#include <dsl/space.hpp>

namespace ansatz {

/// The order of the axes of a batch of images, b (examples), 0 (rows), 1 (columns) and c
/// (channels): "b01c", "c01b", or empty where nothing is said. In YAML a list of letters and
/// numbers, or one text.
struct AxisOrder {
  String text;

  /// Whether each of the four axes is there once; or nothing is said.
  constexpr bool good() const {
    const std::string_view t = text.view();
    if (t.empty()) return true;
    if (t.size() != 4) return false;
    for (const char axis : {'b', '0', '1', 'c'})
      if (t.find(axis) == std::string_view::npos) return false;
    return true;
  }
  /// How such images lie in memory here, where examples always come first: the channels before the
  /// pixels or behind them. Numbers are the same in either; only their order in memory is not.
  constexpr Axes in_memory() const {
    const std::string_view t = text.view();
    const std::size_t c = t.find('c');
    return !t.empty() && c < t.find('0') && c < t.find('1') ? Axes::bc01 : Axes::b01c;
  }
};
/// What a fault of such a key allows.
inline constexpr const char* axis_orders = "b, 0, 1 and c, each once, in any order";

template <class Value>
bool read_value(const Value& from, AxisOrder& to) {
  to = {};
  auto axes = from.items();
  if (!from.is_list()) axes = {from};
  for (const auto& each : axes) {
    std::optional<std::string> axis = each.scalar();
    if (!axis) {
      each.refuse("axes: b, c, 0 and 1");
      return false;
    }
    to.text += *axis;
  }
  if (!to.good()) {
    from.refuse(axis_orders);
    return false;
  }
  return true;
}
inline void write_value(Describer& to, const AxisOrder& order) {
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
inline const char* value_type(const AxisOrder*) { return "list of axes: b, c, 0, 1"; }

}  // namespace ansatz
