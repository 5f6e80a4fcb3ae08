// ModelOf: a model of one's own in a few lines.
#pragma once

#include <ansatz/job/default_cost.hpp>
#include <ansatz/spaces/format_as.hpp>
#include <dsl/parameters.hpp>

namespace ansatz {

/// Matrices uniform in +-sqrt(6 / (rows + columns)) (Glorot and Bengio 2010, equation 16), drawn
/// from RandomState([2013, 1, 4]); zero elsewhere.
void initialize_parameters(const Model& model, InitialValues& values);

namespace models {

template <class S>
constexpr Expr<Batch<S>> typed(const Data& data, const String& source) {
  return Expr<Batch<S>>(format_as(data[source], space_info(S())).value().value());
}

template <class User, class In, class Target>
class Erased;

}  // namespace models

/// The base of a model of one's own: its Spaces are types, its parameters are members, `forward`
/// and `cost` are expressions that the compiler checks.
///
///     struct Logistic : ModelOf<Logistic, Pixels, IndexSpace<10>> {
///       Expr<Matrix<784, 10>> W = parameter<Matrix<784, 10>>("W");
///       Expr<VectorSpace<10>> b = parameter<VectorSpace<10>>("b");
///       constexpr auto forward(auto x) const { return softmax(matmul(x, W) + b); }
///       constexpr auto cost(auto x, auto y) const { return mean(cross_entropy(forward(x), y)); }
///     };
///
/// Optional members: `initialize(InitialValues&)` (without it matrices are uniform by Glorot and
/// Bengio 2010, all else is zero), `channels(x, y, ChannelList&)`, `modify_updates(UpdateList&)`,
/// `states(StateList&)` and `state_updates(x, UpdateList&)` for what is kept beside parameters,
/// `functions(x, FunctionList&)`, which contributes some beside "predict", such as "reconstruct":
///
///     constexpr void functions(auto x, FunctionList& list) const {
///       list.add("hidden", [&] { return function(output("h", hidden(x))); });
///     }
///
/// With Target = NullSpace, the model has no targets, and `cost` and `channels` take x alone. The
/// parameters are those that the cost is computed from, in the order in which a reader meets them.
template <class Self, class In, class Target = NullSpace>
struct ModelOf {
  /// What Train makes of it. Not a base: clang would want its virtual functions, and with them all
  /// of Self, before Self is complete.
  using erased_model = models::Erased<Self, In, Target>;
};

namespace models {

template <class User, class In, class Target>
class Erased : public Model {
 public:
  static constexpr bool has_targets = !std::is_same_v<Target, NullSpace>;

  constexpr explicit Erased(const User& user) : user_(user) {}

  constexpr SpaceInfo input_space() const override { return space_info(In()); }
  constexpr SpaceInfo target_space() const override { return space_info(Target()); }

  using Model::parameters;
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    Data data;
    data.add("features", input_space());
    if constexpr (has_targets) data.add("targets", target_space());
    for (const AnyExpr& p : parameters_of(cost_of(data)))
      list.push_back({String(p.value().term()->name.data()), p});
  }
  void initialize(InitialValues& values) const override {
    if constexpr (requires { user_.initialize(values); })
      user_.initialize(values);
    else
      initialize_parameters(*this, values);
  }

  constexpr Signal output(const Signal& input) const override {
    const Expr<Batch<In>> x(format_as(input, input_space()).value().value());
    return Signal(output_space(), AnyExpr(user_.forward(x).value()));
  }

  constexpr void states(StateList& list) const override {
    if constexpr (requires { user_.states(list); }) user_.states(list);
  }
  constexpr void state_updates(const Data& data, UpdateList& updates) const override {
    if constexpr (requires(Expr<Batch<In>> x) { user_.state_updates(x, updates); })
      user_.state_updates(typed<In>(data, "features"), updates);
  }
  constexpr void functions(const Data& data, FunctionList& list) const override {
    Model::functions(data, list);
    Expr<Batch<In>> x{ir::Value()};  // names alone may be asked for, without data
    if constexpr (requires { user_.functions(x, list); }) {
      if (data.find("features")) x = typed<In>(data, "features");
      user_.functions(x, list);
    }
  }

  constexpr Shared<Cost> default_cost() const override { return Shared<Cost>(Default()); }
  constexpr bool method(std::string_view name, const Data& data, AnyExpr& value) const override {
    if (name != "cost_from_X") return false;
    value = cost_of(data);
    return true;
  }
  constexpr void modify_updates(UpdateList& updates) const override {
    if constexpr (requires { user_.modify_updates(updates); }) user_.modify_updates(updates);
  }
  constexpr void channels(const Data& data, ChannelList& list) const override {
    if constexpr (!has_targets) {
      if constexpr (requires(Expr<Batch<In>> x) { user_.channels(x, list); })
        user_.channels(typed<In>(data, "features"), list);
    } else if constexpr (requires(Expr<Batch<In>> x, Expr<Batch<Target>> y) {
                           user_.channels(x, y, list);
                         }) {
      user_.channels(typed<In>(data, "features"), typed<Target>(data, "targets"), list);
    }
  }

 private:
  constexpr AnyExpr cost_of(const Data& data) const {
    const Expr<Batch<In>> x = typed<In>(data, "features");
    if constexpr (has_targets)
      return AnyExpr(user_.cost(x, typed<Target>(data, "targets")).value());
    else
      return AnyExpr(user_.cost(x).value());
  }
  constexpr SpaceInfo output_space() const {
    using Out = decltype(std::declval<const User&>().forward(std::declval<Expr<Batch<In>>>()));
    return space_of_batch(static_cast<Out*>(nullptr));
  }
  template <class S>
  static constexpr SpaceInfo space_of_batch(Expr<Batch<S>>*) {
    return space_info(S());
  }

  User user_;
};

}  // namespace models

}  // namespace ansatz
