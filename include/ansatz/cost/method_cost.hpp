// MethodCost: a cost that the model itself defines.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/cost.hpp>
#include <ansatz/model/unknown_name.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The value of a method of the model, by its name: "cost_from_X" of an MLP is the cost of its
/// last layer. Throws NameError, with the methods there are, for another name.
class MethodCost : public Cost {
 public:
  static constexpr const char* yaml = "pylearn2.costs.cost.MethodCost";
  static constexpr const char* doc = "what a method of the model gives, such as cost_from_X";
  String method;

  constexpr MethodCost() {}
  constexpr explicit MethodCost(const char* name) : method(name) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("method", &MethodCost::method, "name of the method, such as cost_from_X");
  }

  constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    AnyExpr value;
    if (!model.method(method, data, value))
      unknown_name("MethodCost: the model has no method", method, model.method_names());
    return value;
  }
};

}  // namespace ansatz
