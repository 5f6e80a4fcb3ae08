// How a signal changes its Space.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/spaces/signal.hpp>
#include <dsl/ops/linear/one_hot.hpp>
#include <dsl/ops/reduce/max.hpp>
#include <dsl/ops/view/concatenate.hpp>
#include <dsl/ops/view/reshape.hpp>
#include <dsl/ops/view/slice.hpp>
#include <dsl/ops/view/transpose.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

namespace signals {

constexpr void refuse(const SpaceInfo& from, const SpaceInfo& to) {
  // In a constant evaluation the compiler shows the shapes; at run time the text names them.
  const ir::Shape both[] = {from.shape, to.shape};
  if (!std::is_constant_evaluated()) {
    const String text = to_text(from) + " with total dimension " +
                        to_text(static_cast<long long>(from.total_dimension())) +
                        " cannot be formatted as " + to_text(to) + " with total dimension " +
                        to_text(static_cast<long long>(to.total_dimension()));
    graph_error(text.c_str());
  }
  graph_error_shape("format_as", "the total dimensions must agree", both, 2);
}

constexpr ir::Shape batch_of(const ir::Shape& one) {
  ir::Shape s;
  s.rank = one.rank + 1;
  s[0] = ir::extent_code(examples::name);
  for (int i = 0; i < one.rank; ++i) s[i + 1] = one[i];
  return s;
}

constexpr AnyExpr reshaped(const AnyExpr& x, const ir::Shape& features) {
  return AnyExpr(ir::reshape_features(x.value(), features));
}

// An image's axes in the order b01c or bc01.
constexpr AnyExpr with_axes(const AnyExpr& x, Axes from, Axes to) {
  if (from == to) return x;
  if (to == Axes::b01c) return AnyExpr(transpose<1, 2, 0>(x));
  return AnyExpr(transpose<2, 0, 1>(x));
}

constexpr AnyExpr as_vector(const Signal& s);

constexpr AnyExpr labels_as_vector(const Signal& s, int dim) {
  const int labels = s.space.labels, count = s.space.total_dimension();
  const AnyExpr hot = one_hot(s.value(), labels);  // [b, labels] or [b, count, labels]
  if (count == 1) return hot;
  if (dim == count * labels) return reshaped(hot, ir::make_shape(dim));
  return AnyExpr(max(hot, axis<0>));  // merged: the labels of an example together
}

constexpr AnyExpr side_by_side(const Signal& s) {
  ir::List<ir::Value> vectors;
  for (const Signal& part : components_of(s))
    if (part.space.total_dimension() > 0) vectors.push_back(as_vector(part).value());
  if (vectors.empty()) {
    refuse(s.space, vector_space(0));
    return {};
  }
  if (vectors.size() == 1) return AnyExpr(vectors[0]);
  return AnyExpr(ir::make(ir::info_of<ops::Concatenate>,
                          ir::concatenate_attr(vectors[0].shape(), 0),
                          static_cast<const ir::Value*>(vectors.data()), vectors.size()));
}

constexpr AnyExpr as_vector(const Signal& s) {
  switch (s.space.kind) {
    case SpaceKind::vector:
      if (s.space.shape.rank == 0) return reshaped(s.value(), ir::make_shape(1));
      return s.value();
    case SpaceKind::conv2d:
      return reshaped(with_axes(s.value(), s.space.axes, Axes::b01c),
                      ir::make_shape(s.space.total_dimension()));
    case SpaceKind::index:
      return labels_as_vector(s, s.space.total_dimension() * s.space.labels);
    case SpaceKind::composite:
      return side_by_side(s);
    case SpaceKind::null:
      break;
  }
  refuse(s.space, vector_space(s.space.total_dimension()));
  return {};
}

constexpr bool can_format(const SpaceInfo& from, const SpaceInfo& to) {
  if (from == to) return true;
  if (from.kind == SpaceKind::index)
    return to.kind == SpaceKind::vector && to.shape.rank == 1 &&
           (to.shape[0] == from.labels || to.shape[0] == from.labels * from.total_dimension());
  if (to.kind == SpaceKind::index || to.kind == SpaceKind::null || from.kind == SpaceKind::null)
    return false;
  if (to.kind == SpaceKind::composite && from.kind == SpaceKind::composite) {
    if (to.components.size() != from.components.size()) return false;
    for (int i = 0; i < to.components.size(); ++i)
      if (!can_format(from.components[i], to.components[i])) return false;
    return true;
  }
  return from.total_dimension() == to.total_dimension();
}

}  // namespace signals

/// The same values in another Space, as Pylearn2's `format_as`: images become vectors through the
/// order rows, columns, channels; labels one-hot vectors; components are put side by side.
/// Throws ShapeError unless the total dimensions agree.
constexpr Signal format_as(const Signal& s, const SpaceInfo& to) {
  using namespace signals;
  if (s.space == to) return s;
  if (!can_format(s.space, to)) {
    refuse(s.space, to);
    return Signal(to, AnyExpr());
  }
  if (s.space.kind == SpaceKind::index) return Signal(to, labels_as_vector(s, to.shape[0]));
  if (to.kind == SpaceKind::composite) {
    Signal result;
    result.space = to;
    const auto add = [&](const Signal& part) {
      for (const AnyExpr& v : part.values) result.values.push_back(v);
    };
    if (s.space.kind == SpaceKind::composite) {
      const ir::List<Signal> parts = components_of(s);
      for (int i = 0; i < parts.size(); ++i) add(format_as(parts[i], to.components[i]));
      return result;
    }
    const AnyExpr whole = as_vector(s);
    int from = 0;
    for (const SpaceInfo& c : to.components) {
      const int n = c.total_dimension();
      add(format_as(Signal(vector_space(n), slice(whole, axis<0>, from, from + n)), c));
      from += n;
    }
    return result;
  }
  if (s.space.kind == SpaceKind::conv2d && to.kind == SpaceKind::conv2d)
    if (s.space.rows() == to.rows() && s.space.columns() == to.columns())
      return Signal(to, with_axes(s.value(), s.space.axes, to.axes));
  const AnyExpr vector = as_vector(s);
  if (to.kind == SpaceKind::vector) {
    // not `?:`: g++ 12 destroys a temporary of it twice in a constant expression
    if (to.shape.rank == 0) return Signal(to, reshaped(vector, to.shape));
    return Signal(to, vector);
  }
  const AnyExpr image = reshaped(vector, ir::make_shape(to.rows(), to.columns(), to.channels()));
  return Signal(to, with_axes(image, Axes::b01c, to.axes));
}

/// What was of the Space `before`, there again, after `format_as` had it in that of `s`. Labels
/// that have become vectors are not had back: ShapeError.
constexpr Signal undo_format_as(const Signal& s, const SpaceInfo& before) {
  return format_as(s, before);
}

}  // namespace ansatz
