// ModelOf: a model of one's own in a few lines.
#pragma once

#include <ansatz/job/default_cost.hpp>
#include <ansatz/job/model_weights.hpp>
#include <ansatz/spaces/format_as.hpp>
#include <dsl/composite_inputs.hpp>
#include <dsl/parameters.hpp>

#include <tuple>
#include <utility>

namespace ansatz {

/// Matrices uniform in +-sqrt(6 / (rows + columns)) (Glorot and Bengio 2010, equation 16), drawn
/// from RandomState([2013, 1, 4]); zero elsewhere.
void initialize_parameters(const Model& model, InitialValues& values);

namespace models {

/// A signal as the expressions of a model get it: of a CompositeSpace, Inputs.
template <class S>
struct Typed {
  static constexpr Expr<Batch<S>> of(const Signal& s) {
    return Expr<Batch<S>>(format_as(s, space_info(S())).value().value());
  }
  static constexpr Expr<Batch<S>> none() { return Expr<Batch<S>>(ir::Value()); }
};
template <Text... Name, class... S>
struct Typed<CompositeSpace<Source<Name, S>...>> {
  using Whole = CompositeSpace<Source<Name, S>...>;
  static constexpr auto of(const Signal& s) {
    const ir::List<Signal> parts = components_of(format_as(s, space_info(Whole())));
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return
          typename ir::InputsOf<Whole, examples>::type(Typed<S>::of(parts[static_cast<int>(I)])...);
    }(std::index_sequence_for<S...>());
  }
  static constexpr auto none() {
    return typename ir::InputsOf<Whole, examples>::type(Typed<S>::none()...);
  }
};

/// What `forward` returned as a signal: an expression, or several as a CompositeSpace.
template <class S>
constexpr Signal signal_of(const Expr<Batch<S>>& x) {
  return Signal(space_info(S()), AnyExpr(x.value()));
}
template <class... Part>
constexpr Signal signal_of_all(const Part&... part) {
  Signal whole;
  whole.space.kind = SpaceKind::composite;
  const auto add = [&](const Signal& s) {
    whole.space.components.push_back(s.space);
    for (const AnyExpr& value : s.values) whole.values.push_back(value);
  };
  (add(signal_of(part)), ...);
  return whole;
}
template <class... Part>
constexpr Signal signal_of(const std::tuple<Part...>& parts) {
  return std::apply([](const Part&... part) { return signal_of_all(part...); }, parts);
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
/// `weights(ir::List<ModelWeights>&)`, which a WeightDecay asks (see WeightsBetween),
/// `states(StateList&)` and `state_updates(x, UpdateList&)` for what is kept beside parameters,
/// `functions(x, FunctionList&)`, which contributes some beside "predict", such as "reconstruct":
///
///     constexpr void functions(auto x, FunctionList& list) const {
///       list.add("hidden", [&] { return function(output("h", hidden(x))); });
///     }
///
/// In and Target may be CompositeSpaces, nested ones too, whose components name their sources:
///
///     using In = CompositeSpace<Source<"left", VectorSpace<3>>, Source<"right", Scalar>>;
///
/// then x and y are Inputs: `x.template get<"left">()`, or `auto [left, right] = x`. A model of
/// several outputs returns a std::tuple of them from `forward`; they are called as the targets.
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
  constexpr Sources input_source() const override { return sources_of(In(), "features"); }
  constexpr Sources target_source() const override { return sources_of(Target(), "targets"); }

  using Model::parameters;
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    Data data;
    data.add(input_source(), input_space());
    if constexpr (has_targets) data.add(target_source(), target_space());
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
    return signal_of(user_.forward(Typed<In>::of(input)));
  }

  constexpr void weights(ir::List<ModelWeights>& list) const override {
    if constexpr (requires { user_.weights(list); }) user_.weights(list);
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
    InputType x = Typed<In>::none();  // names alone may be asked for, without data
    if constexpr (requires { user_.functions(x, list); }) {
      if (data.has(input_source())) x = input(data);
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
      if constexpr (requires(InputType x) { user_.channels(x, list); })
        user_.channels(input(data), list);
    } else if constexpr (requires(InputType x, TargetType y) { user_.channels(x, y, list); }) {
      user_.channels(input(data), target(data), list);
    }
  }

 private:
  using InputType = decltype(Typed<In>::of(std::declval<Signal>()));
  using TargetType = typename ir::InputsOf<Target, examples>::type;

  constexpr InputType input(const Data& data) const { return Typed<In>::of(data[input_source()]); }
  constexpr TargetType target(const Data& data) const {
    return Typed<Target>::of(data[target_source()]);
  }
  constexpr AnyExpr cost_of(const Data& data) const {
    if constexpr (has_targets)
      return AnyExpr(user_.cost(input(data), target(data)).value());
    else
      return AnyExpr(user_.cost(input(data)).value());
  }

  User user_;
};

}  // namespace models

}  // namespace ansatz
