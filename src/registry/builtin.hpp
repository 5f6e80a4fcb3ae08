// The classes of the library.
#pragma once

#include <ansatz/registry/registry.hpp>

namespace ansatz {

/// Classes that are there for YAML alone.
namespace named {}

/// Adds a class that has a line `doc` on itself.
/// @param file  the header that has it
template <class T>
void add_class(Registry& registry, const char* file) {
  ClassInfo info = class_info<T>();
  info.doc = T::doc;
  info.file = file;
  info.of_library = true;
  registry.add(std::move(info));
}

/// Adds the further names that the class added last says it has, in `also`.
template <class T>
void add_names(Registry& registry) {
  for (const char* name : T::also) registry.add_name(name);
}

void add_jobs(Registry&);
void add_cross_validation(Registry&);
/// All of them; written by CMake from the headers, see cmake/class_tables.cmake.
void add_library_classes(Registry&);

}  // namespace ansatz
