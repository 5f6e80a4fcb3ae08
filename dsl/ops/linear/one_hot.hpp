// y_k = 1 where k is the label, else 0
#pragma once

#include <dsl/ir/labels.hpp>
#include <dsl/ops/arithmetic/equal.hpp>
#include <dsl/ops/composite.hpp>
#include <dsl/ops/reduce/sum.hpp>

namespace ansatz {
namespace ir {

// Positions 0, 1, … along the last axis of n, as one row that broadcasts.
constexpr Value positions(int n) {
  Attr attr;
  attr.i[0] = 0;
  return make_leaf(info_of<ops::Iota>, make_shape(n), DType::real, nullptr, attr);
}

// The labels with one more axis, of size 1, at the end.
constexpr Value as_column(const Value& labels) {
  Shape s = labels.shape();
  s[s.rank++] = 1;
  return make(info_of<ops::Reshape>, shape_attr(s), labels);
}

// 1 where the label is the position along the last of `n`, else 0.
constexpr AnyExpr is_position(const Value& labels, int n) {
  const Value column = as_column(labels);
  const OpInfo* const equal = info_of<ops::Equal>;
  if (n <= exact_in_float) return AnyExpr(make(equal, Attr{}, column, positions(n)));
  // Positions by parts, as rows of 65536.
  constexpr int row = 65536;
  const int rows = (n - 1) / row + 1;
  const auto part = [&](const Value& along, const Shape& as) {
    const Value table = make(info_of<ops::BroadcastTo>, shape_attr(make_shape(rows, row)),
                             make(info_of<ops::Reshape>, shape_attr(as), along));
    Attr first;
    first.i[2] = 1;
    first.i[3] = n;
    return make(info_of<ops::Slice>, first,
                make(info_of<ops::Reshape>, shape_attr(make_shape(rows * row)), table));
  };
  const Value upper = part(positions(rows), make_shape(rows, 1));
  const Value lower = part(positions(row), make_shape(1, row));
  return AnyExpr(make(equal, Attr{}, part_of(column, true).value(), upper)) *
         AnyExpr(make(equal, Attr{}, part_of(column, false).value(), lower));
}

}  // namespace ir

namespace ops {

/// attr.i[0]: number of labels.
struct OneHot : Composite<OneHot, 1> {
  static constexpr const char* name = "one_hot";
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr& attr) {
    if (in[0].rank >= ir::max_rank) return ir::refused(ir::most_dimensions);
    ir::Shape s = in[0];
    s[s.rank++] = attr.i[0];
    return {s};
  }
  static constexpr AnyExpr expand(const AnyExpr& labels, const ir::Attr& attr) {
    return ir::is_position(labels.value(), attr.i[0]);
  }
  static constexpr void vjp(ir::VjpContext&) {}
};

}  // namespace ops

namespace ir {
template <class S>
consteval Shape one_hot_shape() {
  if constexpr (S::dtype == DType::index && S::labels > 0) {
    Shape s = S::known;
    s[s.rank++] = S::labels;
    return s;
  } else {
    return {};
  }
}

// Where the number of labels is not part of the type, it is that of the object.
template <class S>
concept SaysLabels = !is_any_space<S> && S::dtype == DType::index && S::labels >= 1;
template <class S>
struct OneHotOf {
  using type = AnySpace;
};
template <SaysLabels S>
struct OneHotOf<S> {
  using type = space_from<one_hot_shape<S>(), S>;
};

constexpr Value one_hot_value(const Value& y, std::int64_t labels, CallSite at) {
  Attr attr;
  attr.i[0] = static_cast<int>(labels);
  return make_at(at, info_of<ops::OneHot>, attr, y);
}
}  // namespace ir

/// What must hold for one_hot: labels. How many there are, the Space or its object says.
template <class S>
concept HasLabels = ir::is_any_space<S> || S::dtype == ir::DType::index;

/// Labels 0 .. n - 1 (an IndexSpace<n>) to vectors of n numbers: 1 at the label, 0 elsewhere. Where
/// the type does not say how many labels there are, it is what the object does, `input("y",
/// IndexSpace(n))`, or an argmax; ShapeError where nothing says it.
template <class S>
constexpr Expr<typename ir::OneHotOf<S>::type> one_hot(const Expr<S>& y,
                                                       ir::CallSite at = ir::CallSite::here()) {
  std::int64_t labels = 0;
  if constexpr (ir::SaysLabels<S>)
    labels = S::labels;
  else
    labels = ir::label_limit(y.value());
  if (labels < 1) {
    const ir::Shape shape = y.shape();
    graph_error_shape("one_hot", "the operand must be labels, and something say how many", &shape,
                      1, at);
  }
  return Expr<typename ir::OneHotOf<S>::type>(ir::one_hot_value(y.value(), labels, at));
}
template <class S>
  requires(!HasLabels<S>)
constexpr Refused<HasLabels<S>> one_hot(const Expr<S>&, ir::CallSite = {}) = delete;

/// The same where the number of labels is known only at run time.
template <class S>
constexpr AnyExpr one_hot(const Expr<S>& y, int labels, ir::CallSite at = ir::CallSite::here()) {
  return AnyExpr(ir::one_hot_value(y.value(), labels, at));
}

}  // namespace ansatz
