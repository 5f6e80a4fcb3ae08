// Spaces in YAML.
#pragma once

#include <ansatz/base/object.hpp>
#include <ansatz/registry/registry.hpp>
#include <ansatz/spaces/space_info.hpp>

namespace ansatz {

/// A Space as an object of YAML.
class SpaceObject : public Object {
 public:
  static constexpr const char* kind_name = "space";
  virtual SpaceInfo space() const = 0;
};

/// The order of an image's axes: "b01c". In YAML a list of letters and numbers, or one text.
struct AxisOrder {
  String text;
};
bool read_value(const Value& from, AxisOrder& to);
void write_value(Describer& to, const AxisOrder& order);
inline std::string value_type(const AxisOrder*) { return "list of axes: b, c, 0, 1"; }

}  // namespace ansatz
