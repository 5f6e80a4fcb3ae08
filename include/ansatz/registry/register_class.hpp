// ANSATZ_REGISTER_CLASS: a program's own classes in job files.
#pragma once

#include <ansatz/registry/made_for.hpp>
#include <ansatz/registry/registry.hpp>

// Makes a class known under its `yaml` name and, where no other class has it, under the last part
// of that name:
//
//     struct Gaussian : ansatz::Layer {
//       static constexpr const char* yaml = "my_models.Gaussian";
//       template <class K> static constexpr void keys(K& key) { … }
//       …
//     };
//     ANSATZ_REGISTER_CLASS(Gaussian, "a layer of radial basis functions")
//
// A macro: it gives the place that is named when two classes have one name.
#define ANSATZ_REGISTER_CLASS(CLASS, DOC)                                                      \
  [[maybe_unused]] static const bool ansatz_registered_##CLASS =                               \
      ::ansatz::registering::made_for_this_library(::ansatz::compiling::stamp,                 \
                                                   ::ansatz::registering::layout, __FILE__) && \
      ::ansatz::register_class(::ansatz::class_info<CLASS>(), DOC, __FILE__, __LINE__);
