// y = -sum t log p over the last axis, t labels or probabilities
#pragma once

#include <dsl/ir/labels.hpp>
#include <dsl/ops/activation/log_softmax.hpp>
#include <dsl/ops/activation/softmax.hpp>
#include <dsl/ops/arithmetic/equal.hpp>
#include <dsl/ops/arithmetic/log.hpp>
#include <dsl/ops/arithmetic/where.hpp>
#include <dsl/ops/control/stop_gradient.hpp>
#include <dsl/ops/kernel.hpp>
#include <dsl/ops/linear/one_hot.hpp>

namespace ansatz {
namespace kernels {
template <class T>
void class_labels(const ir::KernelArgs<T>&);
}  // namespace kernels

namespace ir {

inline constexpr const char* targets_are =
    "targets must be labels, or a probability for each class";

// Whether x has one more axis than the labels, or (for probabilities) the same shape.
constexpr ShapeResult cross_entropy_shape(const Shape& p, const Shape& t) {
  if (p.rank == 0 || p.rank - p.batched() == 0)
    return refused("the first operand must have a probability for each class");
  if (t.rank != p.rank && t.rank != p.rank - 1) return refused(targets_are);
  for (int k = 0; k < t.rank; ++k)
    if (!dims_agree(p[k], t[k])) return refused("targets must fit the predictions");
  return reduced(p, reduce_attr(1 << (p.rank - 1), false));
}

constexpr bool are_labels(const AnyExpr& t) { return t.value().type() == DType::index; }
constexpr int last_axis(const AnyExpr& p) { return 1 << (p.shape().rank - 1); }

// 1 at the label, as a condition; `p` says how many classes there are.
constexpr AnyExpr at_label(const AnyExpr& labels, const AnyExpr& p) {
  return is_position(labels.value(), p.shape()[p.shape().rank - 1]);
}
constexpr AnyExpr sum_last(const AnyExpr& x) {
  return AnyExpr(reduce<ops::Sum>(x.value(), last_axis(x), false));
}
constexpr AnyExpr with_last(const AnyExpr& g, const AnyExpr& full) {
  return AnyExpr(with_axes(g.value(), full.shape(), reduce_attr(last_axis(full), false)));
}

}  // namespace ir

namespace ops {

/// The labels, of which all must be 0 .. attr.i[0] - 1: where neither the graph nor an input knows
/// how many there are, a label without a class would cost nothing.
struct ClassLabels : KernelOp<ClassLabels> {
  static constexpr const char* name = "class_labels";
  static constexpr int arity = 1;
  static constexpr ir::Takes takes = ir::Elements::labels;
  static constexpr ir::DType result = ir::DType::index;
  template <class T>
  static constexpr ir::KernelFn<T> kernel = &kernels::class_labels<T>;
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr&) {
    return {in[0]};
  }
  static constexpr double flops(const ir::Shape* in, int, const ir::Attr&) {
    return ir::elements(in[0]);
  }
  static constexpr auto vjp = no_derivative;
};

struct CrossEntropy : Composite<CrossEntropy, 2> {
  static constexpr const char* name = "cross_entropy";
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr&) {
    return ir::cross_entropy_shape(in[0], in[1]);
  }
  static constexpr AnyExpr expand(const AnyExpr& p, const AnyExpr& t, const ir::Attr&) {
    if (ir::are_labels(t)) return -log(ir::sum_last(where(ir::at_label(t, p), p, 0)));
    return -ir::sum_last(where(t == 0, 0, t * log(p)));  // 0 log 0 = 0
  }
  static constexpr void vjp(ir::VjpContext& c) {
    const AnyExpr p = c.in(0), t = c.in(1), g = ir::with_last(c.g(), p);
    if (ir::are_labels(t)) {
      c.give(0, where(ir::at_label(t, p), -g / p, 0));
    } else {
      // 0 / 0 = 0; where only t is 0 the derivative by t is not. Where both are 0 the derivative of
      // either by the other is 0, so that the order of differentiation makes no difference.
      const AnyExpr both = (t == 0) * (p == 0);
      c.give(0, where(both, 0, -g * t / p));
      c.give(1, -g * log(where(both, stop_gradient(p), p)));
    }
  }
};

/// The same from the softmax's operand z; cross_entropy(softmax(z), t) becomes this.
struct SoftmaxCrossEntropy : Composite<SoftmaxCrossEntropy, 2> {
  static constexpr const char* name = "softmax_cross_entropy";
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr&) {
    return ir::cross_entropy_shape(in[0], in[1]);
  }
  static constexpr AnyExpr expand(const AnyExpr& z, const AnyExpr& t, const ir::Attr&) {
    if (ir::are_labels(t)) {
      // As log_softmax: what is left of a sure and right answer keeps its digits.
      const AnyExpr m = ir::shift_of(z, ir::last_axis(z));
      const AnyExpr e = ir::sum_last(exp(z - m)),
                    at = ir::sum_last(where(ir::at_label(t, z), z, 0));
      return log(e) -
             (at - AnyExpr(ir::make(ir::info_of<Reshape>, ir::shape_attr(e.shape()), m.value())));
    }
    const AnyExpr log_p = LogSoftmax::expand(z, ir::reduce_attr(ir::last_axis(z), true));
    return -ir::sum_last(where(t == 0, 0, t * log_p));
  }
  // dcost/dz = g (softmax(z) sum t - t)
  static constexpr void vjp(ir::VjpContext& c) {
    const AnyExpr z = c.in(0), t = c.in(1), g = ir::with_last(c.g(), z);
    const ir::Attr last = ir::reduce_attr(ir::last_axis(z), true);
    const AnyExpr p(ir::make(ir::info_of<Softmax>, last, z.value()));
    if (ir::are_labels(t)) {
      c.give(0, g * (p - ir::at_label(t, z)));
    } else {
      const AnyExpr total(ir::reduce<Sum>(t.value(), ir::last_axis(t), true));
      c.give(0, g * (p * total - t));
      c.give(1, -g * AnyExpr(ir::make(ir::info_of<LogSoftmax>, last, z.value())));
    }
  }
};

}  // namespace ops

namespace ir {
// The types may not say how many labels there are, but the graph may: an input's must be as many as
// there are classes, what is computed may be fewer.
constexpr void require_labels_fit(const Value& p, const Value& t, CallSite at) {
  const Shape both[] = {p.shape(), t.shape()};
  if (both[0].rank == 0) return;
  if (both[1].rank != both[0].rank - (t.type() == DType::index))
    graph_error_shape("cross_entropy", targets_are, both, 2, at);
  const std::int64_t labels = label_limit(t);
  if (labels <= 0) return;
  const int classes = both[0][both[0].rank - 1];
  const bool same = op_of(t) == info_of<ops::Input>;
  if (classes >= 0 && (same ? labels != classes : labels > classes))
    graph_error_shape("cross_entropy", "there must be as many classes as labels", both, 2, at);
}

// The labels, checked where they are computed if nothing is known of them before.
constexpr Value class_labels(const Value& p, const Value& t) {
  if (t.type() != DType::index || p.shape().rank == 0 || label_limit(t) > 0) return t;
  Attr attr;
  attr.i[0] = p.shape()[p.shape().rank - 1];
  Value from = t;
  while (op_of(from)->kind == OpKind::view && op_of(from) != info_of<ops::Slice>) {
    Value below = operand_of(from, 0);
    from = static_cast<Value&&>(below);
  }
  if (attr.i[0] <= 0 || op_of(from) == info_of<ops::Input>) return t;
  return make(info_of<ops::ClassLabels>, attr, t);
}

template <class P, class T>
consteval bool targets_fit() {
  if constexpr (any_unknown<P, T>)
    return true;
  else
    return (P::dtype == DType::real) && cross_entropy_shape(P::known, T::known).ok() &&
           (T::dtype == DType::index ? T::known.rank == P::known.rank - 1 &&
                                           (T::labels <= 0 || P::known[P::known.rank - 1] == any ||
                                            T::labels == P::known[P::known.rank - 1])
                                     : T::known.rank == P::known.rank);
}
template <class P, class T>
struct CrossEntropySpace {
  using type = space_from<cross_entropy_shape(P::known, T::known).shape, P, T>;
};
template <class P, class T>
  requires any_unknown<P, T>
struct CrossEntropySpace<P, T> {
  using type = AnySpace;
};
}  // namespace ir

/// What must hold for cross_entropy: as many classes in the targets as in the predictions.
template <class P, class T>
concept TargetsFit = ir::targets_fit<P, T>();

/// -log p[label], or -sum t log p: one number an example. p: probabilities over the last axis,
/// usually softmax(z), in which case z is used and nothing is lost to rounding; t: labels (an
/// IndexSpace) or probabilities.
template <class P, class T>
constexpr Expr<typename ir::CrossEntropySpace<P, T>::type> cross_entropy(
    const Expr<P>& p, const Expr<T>& t, ir::CallSite at = ir::CallSite::here()) {
  ir::require_labels_fit(p.value(), t.value(), at);
  return Expr<typename ir::CrossEntropySpace<P, T>::type>(
      ir::make_at(at, ir::info_of<ops::CrossEntropy>, ir::Attr{}, p.value(),
                  ir::class_labels(p.value(), t.value())));
}
template <class P, class T>
  requires(!TargetsFit<P, T>)
constexpr Refused<TargetsFit<P, T>> cross_entropy(const Expr<P>&, const Expr<T>&,
                                                  ir::CallSite = {}) = delete;

}  // namespace ansatz
