// Registry: the classes a job file may name.
#pragma once

#include <ansatz/registry/key_rules.hpp>
#include <ansatz/registry/value.hpp>
#include <ansatz/spaces/space_info.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ansatz {

/// A key of a class, its type hidden; `at` is the value of one object.
struct Field {
  const char* name;
  bool required;
  const char* doc;
  void* at;
  bool (*read)(const Value&, void*);
  std::string (*type)();
  Describer::Writer write;
  void (*copy)(const void* from, void* to);
  bool object = false;  ///< a handle, which may be null
  KeyRules rules = {};
};

/// Reads the keys of a mapping: unknown ones, missing ones and wrong values are errors of the file.
bool read_fields(const Value& from, const std::string& class_name,
                 const std::vector<Field>& fields);

/// A key as `ansatz list` shows it.
struct KeyInfo {
  std::string name, type, by_default, doc;
  bool required = false;
};

/// A class that YAML may name.
struct ClassInfo {
  std::vector<std::string> names;  ///< its path first, then other paths it is known under
  std::string kind;                ///< "layer", "model", "cost", …
  bool outlives_faults = false;    ///< as Object has it
  std::string doc;
  const char* file = "";
  int line = 0;
  bool of_library = false;  ///< its objects tell of themselves all that a check of a job asks
  /// An object no key of which is set; null: the class is abstract.
  Shared<Object> (*make)() = nullptr;
  void (*fields)(Object&, std::vector<Field>&) = nullptr;
  /// The object once its keys are set: a copy, in whose making a class may complete itself.
  Shared<Object> (*finish)(const Object&) = nullptr;
  /// What the class itself demands of its keys; throws Error.
  void (*check)(const Object&) = nullptr;

  const std::string& name() const { return names.front(); }
  /// "RectifiedLinear" of "pylearn2.models.mlp.RectifiedLinear".
  std::string short_name() const;
  std::vector<KeyInfo> keys() const;
};

class Registry {
 public:
  /// NameError, naming both places, when one of its names is taken.
  void add(ClassInfo info);
  /// A further name of the class that was added last; NameError when it is taken.
  void add_name(const char* name);
  /// By a path or by the short name; null if there is none, or if several have the short name.
  const ClassInfo* find(std::string_view name) const;
  /// Those of that short name.
  std::vector<const ClassInfo*> named(std::string_view short_name) const;
  /// By kind, then by name.
  std::vector<const ClassInfo*> all() const;
  /// Paths and short names.
  std::vector<std::string_view> names() const;
  /// What went wrong before `main`, where nothing can be thrown.
  const std::vector<std::string>& faults() const { return faults_; }
  void add_fault(std::string what) { faults_.push_back(std::move(what)); }

 private:
  void require_free(const std::string& name, const ClassInfo& of) const;
  void index(const std::string& name);  // of the class that was added last

  struct Named {
    std::vector<const ClassInfo*> common, special;
  };
  std::vector<std::unique_ptr<ClassInfo>> classes_;
  std::map<std::string, const ClassInfo*, std::less<>> by_path_;
  std::map<std::string, Named, std::less<>> by_short_name_;
  std::vector<std::string> faults_;
};

/// That of the process, with the classes of the library.
Registry& registry();

namespace registering {

template <class T>
inline constexpr bool is_object = false;
template <class T>
inline constexpr bool is_object<Shared<T>> = true;
template <>
inline constexpr bool is_object<SpaceInfo> = true;

template <class T>
struct Fields {
  T& object;
  std::vector<Field>& list;
  // The rules are of the last field until the next is added.
  template <class C, class M>
  KeyRules& add(const char* name, bool required, M C::*member, const char* doc) const {
    list.push_back(
        {name, required, doc, &(object.*member),
         [](const Value& from, void* to) { return read_value(from, *static_cast<M*>(to)); },
         []() -> std::string { return value_type(static_cast<const M*>(nullptr)); },
         describing::write<M>,
         [](const void* from, void* to) { *static_cast<M*>(to) = *static_cast<const M*>(from); }});
    list.back().object = is_object<M>;
    list.back().rules.whole = is_whole<M>;
    return list.back().rules;
  }
  template <class C, class M>
  KeyRules& operator()(const char* name, M C::*member, const char* doc) const {
    return add(name, false, member, doc);
  }
  template <class C, class M>
  KeyRules& required(const char* name, M C::*member, const char* doc) const {
    return add(name, true, member, doc);
  }
};

}  // namespace registering

template <class T>
bool Value::read_keys(const char* name, const char* owner, T& to) const {
  to = {};
  if (!is_mapping()) {
    refuse(std::string("a mapping with keys of ") + owner);
    return false;
  }
  std::vector<Field> list;
  registering::Fields<T> fields{to, list};
  T::keys(fields);
  return read_fields(*this, name, list);
}

/// Class T as the registry keeps it.
template <class T>
ClassInfo class_info() {
  ClassInfo info;
  info.names.push_back(T::yaml);
  info.kind = T::kind_name;
  info.outlives_faults = T::outlives_faults;
  info.make = [] { return Shared<Object>(static_cast<Object*>(new Owned<T>(T()))); };
  info.fields = [](Object& object, std::vector<Field>& list) {
    registering::Fields<T> fields{static_cast<T&>(object), list};
    T::keys(fields);
  };
  info.finish = [](const Object& object) {
    return Shared<Object>(static_cast<Object*>(new Owned<T>(static_cast<const T&>(object))));
  };
  info.check = [](const Object& object) {
    if constexpr (requires(const T& t) { t.check(); }) static_cast<const T&>(object).check();
  };
  return info;
}

/// Adds a class before `main`, or while a shared object is loaded.
bool register_class(ClassInfo info, const char* doc, const char* file, int line);

}  // namespace ansatz
