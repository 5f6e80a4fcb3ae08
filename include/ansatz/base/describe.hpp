// Describing: an object as its class and the keys that differ from their defaults.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/key_rules.hpp>
#include <ansatz/base/object.hpp>
#include <ansatz/base/string.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

ANSATZ_COMPILED_ONCE

namespace ansatz {

class Train;

/// Told what an object is. A value is one call, or calls between open_… and close.
class Describer {
 public:
  using Writer = void (*)(Describer&, const void*);

  virtual ~Describer() = default;
  /// The path of the class; null for a class that has none.
  virtual void class_name(const char* path) = 0;
  /// A key: its value now, and that of an object nothing was told; `write` writes either.
  virtual void field(const char* name, bool required, Writer write, const void* value,
                     const void* by_default) = 0;

  virtual void null() = 0;
  virtual void boolean(bool value) = 0;
  virtual void integer(long long value) = 0;
  virtual void number(double value) = 0;
  virtual void text(std::string_view value) = 0;
  virtual void object(const Object* value) = 0;
  virtual void open_list() = 0;
  /// `class_path` null: a mapping.
  virtual void open_mapping(const char* class_path) = 0;
  virtual void key(std::string_view name) = 0;
  virtual void close() = 0;
};

// How a value of a key's type is written. A further type brings its own overload.
inline void write_value(Describer& to, bool value) { to.boolean(value); }
inline void write_value(Describer& to, int value) { to.integer(value); }
inline void write_value(Describer& to, double value) { to.number(value); }
inline void write_value(Describer& to, const String& value) { to.text(value.view()); }
template <class T>
void write_value(Describer& to, const Shared<T>& value) {
  to.object(value.get());
}
template <class T>
void write_value(Describer& to, const std::optional<T>& value) {
  if (value)
    write_value(to, *value);
  else
    to.null();
}
template <class T>
void write_value(Describer& to, const ir::List<T>& list) {
  to.open_list();
  for (const T& each : list) write_value(to, each);
  to.close();
}

namespace describing {

template <class M>
void write(Describer& to, const void* value) {
  write_value(to, *static_cast<const M*>(value));
}

template <class T>
struct Fields {
  Describer& to;
  const T& object;
  const T& by_default;
  template <class C, class M>
  keys::NoRules field(const char* name, bool required, M C::*member) const {
    to.field(name, required, write<M>, &(object.*member), &(by_default.*member));
    return {};
  }
  template <class C, class M>
  keys::NoRules operator()(const char* name, M C::*member, const char*) const {
    return field(name, false, member);
  }
  template <class C, class M>
  keys::NoRules required(const char* name, M C::*member, const char*) const {
    return field(name, true, member);
  }
};

struct AnyKeys {
  template <class C, class M>
  keys::NoRules operator()(const char*, M C::*, const char*) const;
  template <class C, class M>
  keys::NoRules required(const char*, M C::*, const char*) const;
};
template <class T>
concept has_keys = std::is_default_constructible_v<T> && requires(AnyKeys& keys) {
  T::yaml;
  T::keys(keys);
};

}  // namespace describing

template <class T>
void describe_keys(Describer& to, const T& object) {
  if constexpr (requires { object.described_as()->describe(to); }) {
    object.described_as()->describe(to);
  } else if constexpr (describing::has_keys<T>) {
    to.class_name(T::yaml);
    const T by_default{};
    describing::Fields<T> fields{to, object, by_default};
    T::keys(fields);
  } else if constexpr (requires { T::yaml; }) {
    to.class_name(T::yaml);
  } else {
    to.class_name(nullptr);
  }
}

/// The object as YAML: its class, and the keys that are required or not at their defaults. An
/// object that is there twice has an anchor. An object of a class without a YAML name is written
/// under its C++ name, which no job can read.
std::string to_yaml(const Object& object);
/// The whole job.
std::string to_yaml(const Train& job);

}  // namespace ansatz
