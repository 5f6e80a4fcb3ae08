// GradientClipping: a cost whose gradients are never longer than told
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/cost.hpp>
#include <ansatz/model/unknown_name.hpp>
#include <dsl/ops/arithmetic/divide.hpp>
#include <dsl/ops/arithmetic/maximum.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/sqrt.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/reduce/sum.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Another cost, whose gradients together, but for those of `exclude_params`, are shortened to
/// `clipping_value` where they are longer (Pascanu, Mikolov and Bengio 2013). In all else it is
/// that cost. SGD's key clip_norm does the same to all of a job's gradients.
class GradientClipping : public Cost {
 public:
  static constexpr const char* yaml =
      "pylearn2.sandbox.rnn.costs.gradient_clipping.GradientClipping";
  static constexpr const char* doc = "a cost whose gradients are shortened to a length";
  double clipping_value = 1;
  Shared<Cost> cost;
  ir::List<String> exclude_params;

  constexpr GradientClipping() {}
  constexpr ~GradientClipping() override {}
  template <class C>
    requires std::is_base_of_v<Cost, C>
  constexpr GradientClipping(double length, const C& of) : clipping_value(length), cost(of) {}
  template <class K>
  static constexpr void keys(K& key) {
    using Self = GradientClipping;
    key.required("clipping_value", &Self::clipping_value, "the largest length").above(0);
    key.required("cost", &Self::cost, "what is made small");
    key("exclude_params", &Self::exclude_params,
        "names of parameters whose gradients neither count nor change");
  }

  constexpr bool supervised() const override { return cost->supervised(); }
  constexpr bool is_stochastic() const override { return cost->is_stochastic(); }
  constexpr void data_specs(const Model& model, Data& data) const override {
    cost->data_specs(model, data);
  }
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    return cost->expr(model, data);
  }
  constexpr GradientList gradients(const Model& model, const Data& data) const override {
    GradientList g = cost->gradients(model, data);
    const ir::List<ModelParameter> parameters = model.parameters();
    ir::List<String> names;
    for (const ModelParameter& each : parameters) names.push_back(each.name);
    for (const String& each : exclude_params)
      if (!among(each, names))
        unknown_name("GradientClipping: exclude_params: the model has no parameter", each, names);
    AnyExpr squares(ir::Value(0.));
    for (int i = 0; i < parameters.size(); ++i)
      if (clipped(parameters[i])) squares = squares + sum(square(g.of[i]));
    const AnyExpr limit(ir::Value{clipping_value});
    const AnyExpr factor = limit / maximum(sqrt(squares), limit);
    for (int i = 0; i < parameters.size(); ++i)
      if (clipped(parameters[i])) g.of[i] = g.of[i] * factor;
    return g;
  }
  constexpr void states(const Model& model, StateList& list) const override {
    cost->states(model, list);
  }
  constexpr void functions(const Model& model, const Data& data,
                           FunctionList& list) const override {
    cost->functions(model, data, list);
  }
  constexpr void channels(const Model& model, const Data& data, ChannelList& list) const override {
    cost->channels(model, data, list);
  }
  constexpr String name() const override { return cost->name(); }
  constexpr FixedVarDescr fixed_variables(const Model& model, const Data& data) const override {
    return cost->fixed_variables(model, data);
  }

 private:
  static constexpr bool among(const String& name, const ir::List<String>& list) {
    for (const String& each : list)
      if (each == name.view()) return true;
    return false;
  }
  // Frozen parameters do not move, so that their gradients shorten no other's.
  constexpr bool clipped(const ModelParameter& p) const {
    return !p.frozen && !among(p.name, exclude_params);
  }
};

}  // namespace ansatz
