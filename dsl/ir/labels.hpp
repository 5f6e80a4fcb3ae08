// How many labels a value may hold, as far as the graph says.
#pragma once

#include <dsl/ir/graph.hpp>

namespace ansatz::ir {

constexpr Value operand_of(const Value& v, int k) {
  if (v.term()) return v.term()->in[k];
  return v.graph()->value(v.graph()->in(v.id(), k));
}
constexpr const OpInfo* op_of(const Value& v) {
  if (v.term()) return v.term()->op;
  return v.graph() ? (*v.graph())[v.id()].op : info_of<ops::Literal>;
}
constexpr const Attr& attr_of(const Value& v) {
  return v.term() ? v.term()->attr : (*v.graph())[v.id()].attr;
}

/// The number of labels, values 0 .. limit - 1, of an input that says it, or of an argmax over axes
/// of known size, through views and copies; 0 where nothing is known.
constexpr std::int64_t label_limit(Value v) {
  if (v.type() != DType::index) return 0;
  while (op_of(v)->kind == OpKind::view || op_of(v)->kind == OpKind::elementwise) {
    Value below = operand_of(v, 0);
    v = static_cast<Value&&>(below);
  }
  const OpInfo* const op = op_of(v);
  if (op == info_of<ops::Input>) return attr_of(v).i[0];
  if (op->kind != OpKind::reduce) return 0;
  const Shape s = operand_of(v, 0).shape();
  std::int64_t n = 1;
  for (int k = 0; k < s.rank; ++k) {
    if (!(attr_of(v).i[0] >> k & 1)) continue;
    if (s[k] < 0) return 0;
    n *= s[k];
  }
  return n;
}

}  // namespace ansatz::ir
