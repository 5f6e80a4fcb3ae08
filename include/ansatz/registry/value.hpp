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

struct Coefficients;
class Cost;
struct CostTerm;
struct DataSpecs;
class Dataset;
struct DropoutArguments;
struct EpochUpdate;
class Extension;
class Layer;
struct LayerNumbers;
class LearningRule;
class LinearTransform;
class Loader;
class Model;
class NumberObject;
struct Routes;
struct Sources;
class TerminationCriterion;
class TrainingAlgorithm;
class UpdateCallback;

/// What an object of a base class is called in messages and lists.
template <class T>
inline constexpr const char* kind_name = "object";
template <>
inline constexpr const char* kind_name<Cost> = "cost";
template <>
inline constexpr const char* kind_name<Dataset> = "data set";
template <>
inline constexpr const char* kind_name<Extension> = "extension";
template <>
inline constexpr const char* kind_name<Layer> = "layer";
template <>
inline constexpr const char* kind_name<LearningRule> = "learning rule";
template <>
inline constexpr const char* kind_name<LinearTransform> = "linear transform";
template <>
inline constexpr const char* kind_name<Model> = "model";
template <>
inline constexpr const char* kind_name<TerminationCriterion> = "termination criterion";
template <>
inline constexpr const char* kind_name<TrainingAlgorithm> = "training algorithm";
template <>
inline constexpr const char* kind_name<UpdateCallback> = "update callback";

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
  /// Whether a key of a mapping may be a name; else an error is added.
  bool names_well(const std::string& key) const;
  /// The object that stands here, the same one for an anchor and its aliases.
  Shared<Object> object(const char* kind) const;
  /// An object of class T.
  template <class T>
  Shared<T> object_of() const {
    const Shared<Object> found = object(kind_name<T>);
    if (!found) return nullptr;
    if (T* const wanted = dynamic_cast<T*>(found.get())) return Shared<T>(wanted);
    refuse_kind(kind_name<T>);
    return nullptr;
  }

  void error(std::string what) const;
  /// "found X; allowed: …"
  void refuse(std::string_view allowed) const;
  /// "found !obj:X, a model; a cost is needed"
  void refuse_kind(const char* wanted) const;

 private:
  yaml::Place place_;
  Loader* loader_;
};

// How a value of each type that keys have is read, and what the type is called. A further type
// brings its own overloads of both.
bool read_value(const Value& from, bool& to);
bool read_value(const Value& from, int& to);
bool read_value(const Value& from, double& to);
bool read_value(const Value& from, String& to);
bool read_value(const Value& from, Size<any>& to);
bool read_value(const Value& from, SpaceInfo& to);
bool read_value(const Value& from, Sources& to);
bool read_value(const Value& from, DataSpecs& to);
bool read_value(const Value& from, Seed& to);
bool read_value(const Value& from, Numbers& to);
bool read_value(const Value& from, MonitoringDatasets& to);
bool read_value(const Value& from, Routes& to);
bool read_value(const Value& from, LayerNumbers& to);
bool read_value(const Value& from, Coefficients& to);
bool read_value(const Value& from, CostTerm& to);
bool read_value(const Value& from, DropoutArguments& to);
bool read_value(const Value& from, EpochUpdate& to);
bool read_value(const Value& from, ir::List<NamedCost>& to);
/// An MLP becomes a layer of another.
bool read_value(const Value& from, Shared<Layer>& to);
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
inline std::string value_type(const DataSpecs*) { return "list of a Space and its sources"; }
inline std::string value_type(const Sources*) { return "text, or list of them"; }
inline std::string value_type(const Size<any>*) { return "whole number"; }
inline std::string value_type(const SpaceInfo*) { return "space"; }
inline std::string value_type(const Seed*) { return "whole number, or list of them"; }
inline std::string value_type(const Numbers*) { return "number, or list of numbers"; }
inline std::string value_type(const MonitoringDatasets*) {
  return "data set, or mapping of names to data sets";
}
inline std::string value_type(const Routes*) {
  return "mapping of numbers of inputs to lists of numbers of layers";
}
inline std::string value_type(const LayerNumbers*) {
  return "mapping of names of layers to numbers";
}
inline std::string value_type(const Coefficients*) {
  return "number, list of one for each layer, or mapping of names of layers to them";
}
inline std::string value_type(const CostTerm*) { return "cost, or pair [coefficient, cost]"; }
inline std::string value_type(const EpochUpdate*) { return "[epoch, name, value]"; }
inline std::string value_type(const DropoutArguments*) { return "mapping of keys of Dropout"; }
inline std::string value_type(const ir::List<NamedCost>*) { return "mapping of names to costs"; }
template <class T>
std::string value_type(const Shared<T>*) {
  return kind_name<T>;
}
template <class T>
std::string value_type(const std::optional<T>*) {
  return value_type(static_cast<const T*>(nullptr));
}
template <class T>
std::string value_type(const ir::List<T>*) {
  return "list of: " + value_type(static_cast<const T*>(nullptr));
}

}  // namespace ansatz
