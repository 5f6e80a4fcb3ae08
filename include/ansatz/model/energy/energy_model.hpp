// EnergyModel: p(v) = e^-F(v) / Z, whose Z may be out of reach
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/cost.hpp>
#include <ansatz/model/inputs_of.hpp>
#include <dsl/ops/arithmetic/negate.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/control/repeat.hpp>
#include <dsl/ops/control/stop_gradient.hpp>
#include <dsl/ops/reduce/sum.hpp>
#include <dsl/ops/view/concatenate.hpp>
#include <dsl/ops/view/slice.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The base of models that write a free energy F(v): p(v) = e^-F(v) / Z. What costs of such models
/// need follows from F by derivatives (the score, its slopes), or is one step of a Markov chain.
/// CDk and SML ask for `gibbs_step`, SM and SMD for `score`, NCE for `log_prob`.
///
///     struct Machine : EnergyModel {
///       constexpr AnyExpr free_energy(const AnyExpr& v) const override {
///         return -sum(v * b(), units) - sum(softplus(matmul(v, W()) + c()), units);
///       }
///       constexpr AnyExpr gibbs_step(const AnyExpr& v) const override {
///         const AnyExpr h = bernoulli(sigmoid(matmul(v, W()) + c()));
///         return bernoulli(sigmoid(matmul(h, transpose(W())) + b()));
///       }
///       … and Space, parameters and first values, as any Model
///     };
class EnergyModel : public Model {
 public:
  /// F(v), one number a row; v is [rows, input_space()], rows being examples or chains.
  constexpr virtual AnyExpr free_energy(const AnyExpr& v) const = 0;
  /// The score d log p(v) / dv = -dF/dv, in v's shape.
  constexpr virtual AnyExpr score(const AnyExpr& v) const { return -grad(sum(free_energy(v)), v); }
  /// d score_i / dv_i of each unit, in v's shape; `at` is score(v). Unless a model knows a shorter
  /// way, one derivative a unit: the graph grows with their number. Error unless v is a vector.
  constexpr virtual AnyExpr score_slope(const AnyExpr& v, const AnyExpr& at) const {
    if (v.shape().rank != 2) {
      graph_error("the slopes of a score are computed of a VectorSpace only");
      return v;
    }
    const int count = v.shape()[1];
    ir::List<ir::Value> slopes;
    for (int i = 0; i < count; ++i) {
      const AnyExpr row = grad(sum(slice(at, axis<0>, i, i + 1)), v);
      slopes.push_back(slice(row, axis<0>, i, i + 1).value());
    }
    return AnyExpr(ir::make(ir::info_of<ops::Concatenate>,
                            ir::concatenate_attr(slopes[0].shape(), 0),
                            static_cast<const ir::Value*>(slopes.data()), slopes.size()));
  }
  /// One step of a Markov chain that leaves p as it is, for rows of any kind. Error for a model
  /// that has none.
  constexpr virtual AnyExpr gibbs_step(const AnyExpr& v) const {
    graph_error("this model has no Gibbs step to sample with");
    return v;
  }
  /// log p(v), one number a row. Error for a model that does not know its log Z.
  constexpr virtual AnyExpr log_prob(const AnyExpr& v) const {
    graph_error(
        "this model does not know the logarithm of its partition function; NormalizedEBM learns "
        "it");
    return free_energy(v);
  }
};

/// v after so many Gibbs steps, which gradients do not see. The first is written out, so that it
/// shares its products with what stands beside it; the rest are a loop, whose count is the named
/// scalar `called` minus one.
constexpr AnyExpr after_gibbs_steps(const EnergyModel& model, const AnyExpr& v, int steps,
                                    const String& called) {
  AnyExpr sample = model.gibbs_step(v);
  if (steps > 1)
    sample = repeat(
        setting(called, steps) - 1, [&](const AnyExpr& x) { return model.gibbs_step(x); }, sample);
  return stop_gradient(sample);
}

/// The model as one with a free energy. Error that names the cost when it is none.
constexpr const EnergyModel* energy_model(const char* cost, const Model& model) {
  const auto* const known = dynamic_cast<const EnergyModel*>(&model);
  if (!known) {
    const String text = String(cost) + " needs a model with a free energy, such as an RBM";
    graph_error(text.c_str());
  }
  return known;
}

}  // namespace ansatz
