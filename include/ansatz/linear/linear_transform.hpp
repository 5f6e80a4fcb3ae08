// LinearTransform: y = x W for any kind of W: a matrix, a convolution, one's own.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/constraint.hpp>
#include <ansatz/job/initialization.hpp>
#include <ansatz/job/parameter_list.hpp>
#include <ansatz/spaces/space_info.hpp>
#include <dsl/ops/reduce/norm.hpp>

#include <string_view>
#include <vector>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The Spaces that a transform lies between, and what its weights are called, where they have a
/// name already.
struct Between {
  SpaceInfo input, output;
  String weights = {};
};

/// A linear map from one Space to another, whose weights are one parameter. It is a description:
/// the weights themselves come with every call, so that layers, models, learning rules and norm
/// limits say whose they are. Pylearn2's LinearTransform, with its two products; their derivatives
/// by x and by W are those of the expressions they are made of.
///
/// A transform of one's own overrides `fault`, `output_space`, `shape`, `lmul`, `lmul_T` and
/// `row_norms`; where its weights are not [inputs, units] with units of their own, all the rest up
/// to `limited_columns`.
class LinearTransform : public Object {
 public:
  static constexpr const char* kind_name = "linear transform";
  static constexpr bool outlives_faults = true;

  /// Why it cannot lie between this input and so many outputs; empty: it can.
  constexpr virtual String fault(const SpaceInfo& /*input*/, int /*outputs*/) const { return ""; }
  /// The Space in which it reads `below`, of as many numbers.
  constexpr virtual SpaceInfo input_space(const SpaceInfo& below) const {
    return vector_space(below.total_dimension());
  }
  /// The Space of its outputs: so many numbers.
  constexpr virtual SpaceInfo output_space(const SpaceInfo& /*input*/, int outputs) const {
    return vector_space(outputs);
  }

  /// The shape of the weights.
  constexpr virtual ir::Shape shape(const Between&) const = 0;
  /// x W, [batch, output]; x is [batch, input].
  constexpr virtual AnyExpr lmul(const Between&, const AnyExpr& W, const AnyExpr& x) const = 0;
  /// y W^T, [batch, input]; y is [batch, output].
  constexpr virtual AnyExpr lmul_T(const Between&, const AnyExpr& W, const AnyExpr& y) const = 0;

  constexpr virtual Filters filters(const Between& at) const {
    const ir::Shape s = shape(at);
    return {s[0], s[1], s[1], false};
  }
  /// The lengths of the units' weights, [units].
  constexpr virtual AnyExpr column_norms(const Between&, const AnyExpr& W) const {
    return norm(W, axis<0>);
  }
  /// The lengths of the weights that each input meets, [inputs].
  constexpr virtual AnyExpr row_norms(const Between&, const AnyExpr& W) const = 0;
  /// W, the columns longer than `high` shortened to it, those shorter than `low` made longer.
  constexpr virtual AnyExpr limited_columns(const Between&, const AnyExpr& W,
                                            const Expr<Scalar>& low,
                                            const Expr<Scalar>& high) const {
    return norm_constrained<0>(W, low, high);
  }
  /// Whether there is `limited_rows`.
  constexpr virtual bool limits_rows() const { return false; }
  constexpr virtual AnyExpr limited_rows(const Between&, const AnyExpr& W, const Expr<Scalar>&,
                                         const Expr<Scalar>&) const {
    graph_error("the rows of this transform cannot be limited");
    return W;
  }

  /// What it needs beside the weights, such as which input each of them belongs to: numbers that
  /// are not trained but are part of the model, named "<weights>_<what>".
  struct Table {
    const char* what = "";
    ir::Shape shape = {};
  };
  constexpr virtual ir::List<Table> tables(const Between&) const { return {}; }
  /// The numbers of the k-th of them, row-major. Errors: ValueError that names `owner`.
  virtual std::vector<double> numbers(const Between&, int /*k*/, std::string_view /*owner*/) const {
    return {};
  }
  /// The k-th of them in an expression.
  constexpr AnyExpr table(const Between& at, int k) const {
    const Table t = tables(at)[k];
    return parameter_leaf(at.weights + "_" + t.what, t.shape);
  }

  /// Whether it says itself how its weights begin, where nobody else does; and sets them.
  constexpr virtual bool begins_itself() const { return false; }
  virtual void begin(const Between&, const DrawnWeights&, InitialValues&) const {}
};

}  // namespace ansatz
