// Whether code that registers itself was compiled for this library.
#pragma once

#include <ansatz/compile/object.hpp>
#include <ansatz/job/layer.hpp>
#include <ansatz/job/train.hpp>
#include <ansatz/registry/registry.hpp>

namespace ansatz::registering {

/// Sizes of what a user's classes are made of, as this translation unit's headers have them.
struct Layout {
  unsigned long sizes[6];
  constexpr bool operator==(const Layout&) const = default;
};
inline constexpr Layout layout{{sizeof(ClassInfo), sizeof(Layer), sizeof(Model), sizeof(Train),
                                sizeof(Signal), sizeof(Place)}};

/// Compares with the library's own; where they differ, notes a fault that names `file`, and nothing
/// else of the object is used.
bool made_for_this_library(const compiling::Stamp& stamp, const Layout& layout, const char* file);

}  // namespace ansatz::registering
