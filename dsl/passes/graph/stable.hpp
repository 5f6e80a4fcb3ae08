// y = x as it is written or as it is computed better, with the derivative of the latter
#pragma once

#include <dsl/ops/composite.hpp>

namespace ansatz {
namespace ops {

/// attr.i[0]: which operand is the value: 0, as written, whose bits stay; or 1, the stable form.
/// Rules of `stabilize` look at the first, gradients go to the second.
struct Stable : Composite<Stable, 2> {
  static constexpr const char* name = "stable";
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr&) {
    return {in[0]};
  }
  static constexpr AnyExpr expand(const AnyExpr& written, const AnyExpr& form,
                                  const ir::Attr& attr) {
    if (attr.i[0]) return form;
    return written;
  }
  static constexpr void vjp(ir::VjpContext& c) { c.give(1, c.g()); }
};

}  // namespace ops
}  // namespace ansatz
