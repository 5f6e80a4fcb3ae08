// What stands in YAML where Python calls a function.
#pragma once

#include <ansatz/base/object.hpp>

namespace ansatz {

class Value;

/// A function under a YAML name; its keys are its arguments. Its result takes its place.
class Call : public Object {
 public:
  static constexpr const char* kind_name = "function";
  /// Null, with an error added at `from`, when it fails.
  virtual Shared<Object> result(const Value& from) const = 0;
};

/// A number that had to be computed, such as the record of a channel.
class NumberObject : public Object {
 public:
  static constexpr const char* kind_name = "number";
  double value = 0;
  bool known = true;  ///< a check does not compute all; then it is taken for one that is allowed
  NumberObject() = default;
  explicit NumberObject(double x) : value(x) {}
};

}  // namespace ansatz
