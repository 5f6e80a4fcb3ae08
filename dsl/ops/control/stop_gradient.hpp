// y = x, with derivative 0
#pragma once

#include <dsl/ops/view/view.hpp>

namespace ansatz {
namespace ops {

struct StopGradient : ViewOp<StopGradient> {
  static constexpr const char* name = "stop_gradient";
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr&) {
    return {in[0]};
  }
  static constexpr void vjp(ir::VjpContext&) {}
};

}  // namespace ops

/// x, which gradients do not see: theano.gradient.disconnected_grad.
template <class S>
constexpr Expr<S> stop_gradient(const Expr<S>& x) {
  return Expr<S>(ir::make(ir::info_of<ops::StopGradient>, ir::Attr{}, x.value()));
}

}  // namespace ansatz
