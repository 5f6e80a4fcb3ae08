// Signal: an expression with its Space as a value, as it passes from layer to layer.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/spaces/space_info.hpp>
#include <dsl/expr.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A batch of values of a Space whose type is not known; a CompositeSpace has one a component,
/// those of components inside components in their order.
struct Signal {
  SpaceInfo space;
  ir::List<AnyExpr> values;
  /// Of an input: whether the batch is trained on, or something is predicted for it.
  bool training = false;

  constexpr Signal() {}
  constexpr Signal(const SpaceInfo& s, const AnyExpr& value) : space(s) { values.push_back(value); }
  /// The only value. Error when there are several.
  constexpr const AnyExpr& value() const {
    if (values.size() != 1) graph_error("a value of one Space is needed, not of a CompositeSpace");
    return values[0];
  }
};

/// The input of a program for a source of data.
constexpr Signal input_of(const char* name, const SpaceInfo& space) {
  Signal s;
  s.space = space;
  const auto add = [&](const auto& self, const String& at, const SpaceInfo& part) -> void {
    if (part.kind == SpaceKind::null) return;
    if (part.kind == SpaceKind::composite) {
      for (int i = 0; i < part.components.size(); ++i)
        self(self, at + "." + to_text(static_cast<long long>(i)), part.components[i]);
      return;
    }
    ir::Attr attr;
    attr.i[0] = part.kind == SpaceKind::index ? part.labels : 0;
    ir::Shape batched;
    batched.rank = part.shape.rank + 1;
    batched[0] = ir::extent_code(examples::name);
    for (int i = 0; i < part.shape.rank; ++i) batched[i + 1] = part.shape[i];
    const auto type = part.kind == SpaceKind::index ? ir::DType::index : ir::DType::real;
    s.values.push_back(AnyExpr(
        ir::make_leaf(ir::info_of<ops::Input>, batched, type, at.c_str(), attr, examples::name)));
  };
  add(add, String(name), space);
  return s;
}

/// The components of a composite signal, each with its Space.
constexpr ir::List<Signal> components_of(const Signal& s) {
  ir::List<Signal> parts;
  int at = 0;
  for (const SpaceInfo& c : s.space.components) {
    Signal part;
    part.space = c;
    const auto count = [](const auto& self, const SpaceInfo& of) -> int {
      if (of.kind == SpaceKind::null) return 0;
      if (of.kind != SpaceKind::composite) return 1;
      int n = 0;
      for (const SpaceInfo& inner : of.components) n += self(self, inner);
      return n;
    };
    for (int n = count(count, c); n > 0; --n) part.values.push_back(s.values[at++]);
    parts.push_back(part);
  }
  return parts;
}

}  // namespace ansatz
