// Spaces in YAML.
#pragma once

#include <ansatz/object.hpp>
#include <ansatz/registry/registry.hpp>
#include <ansatz/space_info.hpp>

namespace ansatz {

/// A Space as an object of YAML.
class SpaceObject : public Object {
 public:
  virtual SpaceInfo space() const = 0;
};
template <>
inline constexpr const char* kind_name<SpaceObject> = "space";

}  // namespace ansatz
