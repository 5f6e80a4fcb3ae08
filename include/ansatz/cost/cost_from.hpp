// cost_from: a user's cost, as an expression.
#pragma once

#include <ansatz/job/cost.hpp>

namespace ansatz {

/// See cost_from.
template <class F>
class ExpressionCost : public Cost {
 public:
  constexpr explicit ExpressionCost(const F& formula) : formula_(formula) {}

  constexpr bool supervised() const override { return !needs_output; }
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    if constexpr (std::is_invocable_v<F, const Model&, const Data&>) {
      return number(formula_(model, data));
    } else {
      const Signal y = model.output(data[model.input_source()]);
      if constexpr (needs_output)
        return number(formula_(y.value()));
      else
        return number(formula_(y.value(), data[model.target_source()].value()));
    }
  }

 private:
  static constexpr bool needs_output = std::is_invocable_v<F, AnyExpr>;

  template <class S>
  static constexpr AnyExpr number(const Expr<S>& cost) {
    return AnyExpr(cost.value());
  }

  F formula_;
};

/// A cost of the model's output y and the targets t, of y alone, or of the model and the data:
///
///     cost_from([](auto y, auto t) { return mean(sum(abs(y - t), units)); })
///     cost_from([](auto y) { return mean(square(y)); })
///     cost_from([](const Model& m, const Data& d) { … })
///
/// The formula returns one number. It is part of the program: such a cost has no name in YAML.
template <class F>
constexpr ExpressionCost<F> cost_from(const F& formula) {
  return ExpressionCost<F>(formula);
}

}  // namespace ansatz
