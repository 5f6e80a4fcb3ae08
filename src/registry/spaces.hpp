// Spaces in YAML.
#pragma once

#include <ansatz/base/object.hpp>
#include <ansatz/registry/registry.hpp>
#include <ansatz/spaces/axis_order.hpp>
#include <ansatz/spaces/space_info.hpp>

namespace ansatz {

/// A Space as an object of YAML.
class SpaceObject : public Object {
 public:
  static constexpr const char* kind_name = "space";
  virtual SpaceInfo space() const = 0;
};

}  // namespace ansatz
