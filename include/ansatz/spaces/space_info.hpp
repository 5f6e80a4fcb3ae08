// SpaceInfo: a Space as a value, where its type is not known.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/keys.hpp>
#include <dsl/ir/errors.hpp>
#include <dsl/space.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

enum class SpaceKind : unsigned char { null, vector, index, conv2d, composite };

/// What one example is: a VectorSpace of `shape`, which has no dimension for a single number, an
/// IndexSpace of `labels` labels, an image, or several of them.
struct SpaceInfo {
  SpaceKind kind = SpaceKind::null;
  ir::Shape shape;  ///< of one example; a single label has none
  int labels = 0;   ///< of an IndexSpace
  Axes axes = Axes::b01c;
  ir::List<SpaceInfo> components;  ///< of a CompositeSpace

  constexpr int rows() const { return shape[axes == Axes::b01c ? 0 : 1]; }
  constexpr int columns() const { return shape[axes == Axes::b01c ? 1 : 2]; }
  constexpr int channels() const { return shape[axes == Axes::b01c ? 2 : 0]; }

  /// Numbers of one example; labels count one each. Error for more than 2147483647.
  constexpr int total_dimension() const {
    constexpr long long most = 2147483647;
    long long n = kind == SpaceKind::null || kind == SpaceKind::composite ? 0 : 1;
    if (kind == SpaceKind::vector || kind == SpaceKind::conv2d || kind == SpaceKind::index)
      for (int i = 0; i < shape.rank; ++i) {
        n *= shape[i];
        if (n > most) graph_error("a Space of more than 2147483647 numbers");
      }
    for (const SpaceInfo& c : components) n += c.total_dimension();
    if (n > most) graph_error("a Space of more than 2147483647 numbers");
    return static_cast<int>(n);
  }

  constexpr bool operator==(const SpaceInfo& o) const {
    if (kind != o.kind || !(shape == o.shape) || labels != o.labels || axes != o.axes ||
        components.size() != o.components.size())
      return false;
    for (int i = 0; i < components.size(); ++i)
      if (!(components[i] == o.components[i])) return false;
    return true;
  }
};
bool read_value(const Value& from, SpaceInfo& to);
void write_value(Describer& to, const SpaceInfo& value);
inline const char* value_type(const SpaceInfo*) { return "space"; }

/// "VectorSpace(784)", "IndexSpace(10)", "Conv2DSpace(28, 28, 1)", "CompositeSpace(…, …)".
constexpr String to_text(const SpaceInfo& s) {
  String text;
  const auto number = [&](int n, const char* before) {
    text += before;
    text += to_text(static_cast<long long>(n));
  };
  switch (s.kind) {
    case SpaceKind::null:
      return "NullSpace()";
    case SpaceKind::vector:
      if (s.shape.rank == 0) return "Scalar()";
      number(s.shape[0], "VectorSpace(");
      break;
    case SpaceKind::index:
      number(s.labels, "IndexSpace(");
      if (s.shape.rank) number(s.shape[0], ", ");
      break;
    case SpaceKind::conv2d:
      number(s.rows(), "Conv2DSpace(");
      number(s.columns(), ", ");
      number(s.channels(), ", ");
      if (s.axes == Axes::bc01) text += ", bc01";
      break;
    case SpaceKind::composite:
      text += "CompositeSpace(";
      for (int i = 0; i < s.components.size(); ++i) {
        if (i) text += ", ";
        text += to_text(s.components[i]);
      }
      break;
  }
  return text += ")";
}

constexpr SpaceInfo scalar_space() {
  SpaceInfo s;
  s.kind = SpaceKind::vector;
  return s;
}
constexpr SpaceInfo vector_space(int dim) {
  SpaceInfo s;
  s.kind = SpaceKind::vector;
  s.shape = ir::make_shape(dim);
  return s;
}
constexpr SpaceInfo index_space(int labels, int count = 1) {
  SpaceInfo s;
  s.kind = SpaceKind::index;
  s.labels = labels;
  if (count > 1) s.shape = ir::make_shape(count);
  return s;
}
constexpr SpaceInfo conv2d_space(int rows, int columns, int channels, Axes axes = Axes::b01c) {
  SpaceInfo s;
  s.kind = SpaceKind::conv2d;
  s.axes = axes;
  s.shape = axes == Axes::b01c ? ir::make_shape(rows, columns, channels)
                               : ir::make_shape(channels, rows, columns);
  return s;
}

/// The SpaceInfo of a Space of the language, its sizes known to the type or to the object.
constexpr SpaceInfo space_info(NullSpace) { return {}; }
constexpr SpaceInfo space_info(const Scalar&) { return scalar_space(); }
template <int N>
constexpr SpaceInfo space_info(const VectorSpace<N>& s) {
  return vector_space(s.shape()[0]);
}
template <int L, int N>
constexpr SpaceInfo space_info(const IndexSpace<L, N>& s) {
  if constexpr (N == 1)
    return index_space(s.label_count());
  else
    return index_space(L, N);
}
template <int R, int C, int Ch, Axes A>
constexpr SpaceInfo space_info(const Conv2DSpace<R, C, Ch, A>& s) {
  const ir::Shape d = s.shape();
  if constexpr (A == Axes::b01c)
    return conv2d_space(d[0], d[1], d[2]);
  else
    return conv2d_space(d[1], d[2], d[0], Axes::bc01);
}
template <class... S>
constexpr SpaceInfo space_info(const CompositeSpace<S...>& s) {
  SpaceInfo whole;
  whole.kind = SpaceKind::composite;
  (whole.components.push_back(space_info(static_cast<const S&>(s).object)), ...);
  return whole;
}

}  // namespace ansatz
