// Value: what stands in a job file where a key's value is expected.
#pragma once

#include <ansatz/base/keys.hpp>
#include <ansatz/yaml/node.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace ansatz {

class Loader;
class NumberObject;

/// A node of the file together with what is needed to make objects of it. Whatever does not fit is
/// added to the errors of the file, and nothing is returned.
class Value {
 public:
  Value(yaml::Place place, Loader& loader) : place_(std::move(place)), loader_(&loader) {}

  const yaml::Place& place() const { return place_; }
  Loader& loader() const { return *loader_; }

  bool is_null() const;
  bool is_list() const { return place_->kind == yaml::Kind::sequence; }
  /// A mapping that is no object.
  bool is_mapping() const { return place_->kind == yaml::Kind::mapping && !is_object(); }
  bool is_object() const;
  /// Items of a list, or values of a mapping; their names are `keys()`.
  std::vector<Value> items() const;
  std::vector<std::string> keys() const;

  std::optional<bool> boolean() const;
  std::optional<std::int64_t> integer(
      std::int64_t least = std::numeric_limits<std::int32_t>::min(),
      std::int64_t most = std::numeric_limits<std::int32_t>::max()) const;
  std::optional<double> number() const;
  /// The number that the function which stands here gives; null, with an error, if it gives none.
  const NumberObject* computed() const;
  /// Text of one line, of at most 4095 bytes: names become those of tensors and files.
  std::optional<std::string> text() const;
  /// A number or a text as it is written; nothing, without an error, for anything else.
  std::optional<std::string> scalar() const;
  /// Whether a key of a mapping may be a name; else an error is added.
  bool names_well(const std::string& key) const;
  /// The object that stands here, the same one for an anchor and its aliases.
  Shared<Object> object(const char* kind) const;
  /// An object of class T.
  template <class T>
  Shared<T> object_of() const {
    const Shared<Object> found = object(T::kind_name);
    if (!found) return nullptr;
    if (T* const wanted = dynamic_cast<T*>(found.get())) return Shared<T>(wanted);
    refuse_kind(T::kind_name);
    return nullptr;
  }

  /// Reads a mapping into a struct that has `keys` but is no object.
  /// @param name   how messages call it
  /// @param owner  the class whose keys these are, as Pylearn2 has them
  template <class T>
  bool read_keys(const char* name, const char* owner, T& to) const;

  void error(std::string what) const;
  /// "found X; allowed: …"
  void refuse(std::string_view allowed) const;
  /// "found !obj:X, a model; a cost is needed"
  void refuse_kind(const char* wanted) const;

 private:
  yaml::Place place_;
  Loader* loader_;
};

// How a value of a key's type is read, and what the type is called. A type of one's own brings
// both, beside itself, and how it is written (see describe.hpp); its header need not know this one:
//
//     template <class Value>
//     bool read_value(const Value& from, Interval& to) { … }
//     inline const char* value_type(const Interval*) { return "[from, to]"; }
bool read_value(const Value& from, bool& to);
bool read_value(const Value& from, int& to);
bool read_value(const Value& from, double& to);
bool read_value(const Value& from, String& to);
bool read_value(const Value& from, Size<any>& to);
/// Never null: a key that is null keeps its default (Loader::read_keys), and an empty item of a
/// list is a comma too many.
template <class T>
bool read_value(const Value& from, Shared<T>& to) {
  to = from.object_of<T>();
  return static_cast<bool>(to);
}
template <class T>
bool read_value(const Value& from, std::optional<T>& to) {
  if (from.is_null()) return to.reset(), true;
  T value{};
  if (!read_value(from, value)) return false;
  to = value;
  return true;
}
/// A single value will do for a list of one.
template <class T>
bool read_value(const Value& from, ir::List<T>& to) {
  to = {};
  if (from.is_null()) return true;
  bool good = true;
  const auto add = [&](const Value& item) {
    T value{};
    if (!read_value(item, value))
      good = false;
    else
      to.push_back(value);
  };
  if (from.is_list()) {
    for (const Value& item : from.items()) add(item);
  } else {
    add(from);
  }
  return good;
}

inline std::string value_type(const bool*) { return "true or false"; }
inline std::string value_type(const int*) { return "whole number"; }
inline std::string value_type(const double*) { return "number"; }
inline std::string value_type(const String*) { return "text"; }
inline std::string value_type(const Size<any>*) { return "whole number"; }
template <class T>
std::string value_type(const Shared<T>*) {
  return T::kind_name;
}
template <class T>
std::string value_type(const std::optional<T>*) {
  return value_type(static_cast<const T*>(nullptr));
}
template <class T>
std::string value_type(const ir::List<T>*) {
  return std::string("list of: ") + value_type(static_cast<const T*>(nullptr));
}

}  // namespace ansatz
