// WeightsBetween: weights as a member of a model of one's own.
#pragma once

#include <ansatz/linear/weights.hpp>
#include <dsl/space.hpp>

namespace ansatz {

/// What must hold for an operand of WeightsBetween: it is a batch of their Space.
template <class Operand, class S>
concept BatchOfSpace = ir::any_unknown<Operand, Batch<S>> || Operand::known == Batch<S>::known;

/// Weights between two Spaces that are types, for a member of a ModelOf. The model's text is the
/// same for a matrix as for every other transform:
///
///     template <class Weights> struct Detector : ModelOf<Detector<Weights>, Image> {
///       Weights W{"W", irange(.05)};
///       constexpr auto hidden(auto v) const { return sigmoid(W.lmul(v)); }
///       constexpr auto visible(auto h) const { return sigmoid(W.lmul_T(h)); }
///       …
///     };
///     Detector<WeightsBetween<Image, Hidden>>()                  a matrix
///     Detector<WeightsBetween<Image, Hidden, MyTransform>>()     MyTransform()
///
/// The parameter has the name given; keys are those of layers (irange, max_col_norm, …), and a
/// `transform` among them takes the place of MyTransform(). First values, limits and channels are
/// the model's to ask for: `initialize`, `modify_updates`, `channels`, `weights`.
template <class In, class Out, class Transform = MatrixTransform>
class WeightsBetween : public Weights {
 public:
  template <KeyOf<WeightsBetween>... O>
  constexpr explicit WeightsBetween(const char* name, const O&... options) : name_(name) {
    transform = Shared<LinearTransform>(Transform());
    give(*this, options...);
    const SpaceInfo in = space_info(In()), out = space_info(Out());
    if (const String why = fault(in, out.total_dimension()); !why.empty()) {
      const String text = "weights " + name_ + ": " + why;
      graph_error(text.c_str());
    }
    const Between spaces = between(in, out.total_dimension());
    if (spaces.output.total_dimension() != out.total_dimension()) {
      const String text = "weights " + name_ + " lead to " + to_text(spaces.output) + ", not to " +
                          to_text(out).view();
      graph_error(text.c_str());
    }
    at_ = {spaces, name_, name_};
  }
  template <class K>
  static constexpr void keys(K& key) {
    weight_keys(key);
  }

  /// v W, [batch, Out]; v is [batch, In].
  template <class V>
    requires BatchOfSpace<V, In>
  constexpr Expr<Batch<Out>> lmul(const Expr<V>& v) const {
    const Signal below(space_info(In()), AnyExpr(v.value()));
    return typed<Out>(Weights::lmul(at_, below));
  }
  /// h W^T, [batch, In]; h is [batch, Out].
  template <class H>
    requires BatchOfSpace<H, Out>
  constexpr Expr<Batch<In>> lmul_T(const Expr<H>& h) const {
    return typed<In>(Weights::lmul_T(at_, Signal(space_info(Out()), AnyExpr(h.value()))));
  }
  constexpr AnyExpr W() const { return Weights::W(at_); }

  /// Draws the first values as the keys say.
  void initialize(InitialValues& values, RandomState& rng) const {
    draw(at_, ("weights " + name_).view(), true, values, rng);
  }
  constexpr void parameters(ir::List<ModelParameter>& list) const { add_parameters(at_, list); }
  constexpr void modify_updates(UpdateList& updates) const { constrain(at_, updates); }
  /// For penalties: a model that has a member of its own `weights(list)` asks it.
  constexpr void weights(ir::List<ModelWeights>& list) const { list.push_back(named(at_, name_)); }
  constexpr void channels(ChannelList& list) const { norm_channels(at_, list); }

 private:
  template <class S>
  static constexpr Expr<Batch<S>> typed(const Signal& s) {
    return Expr<Batch<S>>(format_as(s, space_info(S())).value().value());
  }

  String name_;
  WeightsAt at_;
};

}  // namespace ansatz
