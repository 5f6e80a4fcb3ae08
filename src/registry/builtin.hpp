// The classes of the library.
#pragma once

#include <ansatz/registry/registry.hpp>

#include <initializer_list>

namespace ansatz {

/// Adds classes with a line of documentation and with further paths they are known under.
class Adder {
 public:
  Adder(Registry& registry, const char* file) : registry_(registry), file_(file) {}
  template <class T>
  void add(const char* doc, std::initializer_list<const char*> other_names = {}, int line = 0) {
    put(class_info<T>(), doc, other_names, line);
  }
  template <class T>
  void add_as(const char* kind, const char* doc,
              std::initializer_list<const char*> other_names = {}) {
    ClassInfo info = class_info<T>();
    info.kind = kind;
    put(std::move(info), doc, other_names, 0);
  }
  void put(ClassInfo info, const char* doc, std::initializer_list<const char*> other_names,
           int line) {
    for (const char* name : other_names) info.names.push_back(name);
    info.doc = doc;
    info.file = file_;
    info.of_library = true;
    info.line = line;
    registry_.add(std::move(info));
  }

 private:
  Registry& registry_;
  const char* file_;
};

void add_layers(Registry&);
void add_models(Registry&);
void add_costs(Registry&);
void add_datasets(Registry&);
void add_training(Registry&);
void add_termination(Registry&);
void add_extensions(Registry&);
void add_spaces(Registry&);
void add_functions(Registry&);
void add_numpy(Registry&);
void add_jobs(Registry&);
void add_builtin_classes(Registry&);

}  // namespace ansatz
