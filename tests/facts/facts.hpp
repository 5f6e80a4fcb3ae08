// What the compiler decided about a function, as constants.
#pragma once

#include <cstdint>
#include <type_traits>

#include <catch2/catch.hpp>

#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>
#include <dsl/tree.hpp>

namespace facts {

using namespace ansatz;
using namespace ansatz::tree;
using std::is_same_v;

/// A constant, and a multiple of the number of examples.
struct Affine {
  std::int64_t constant = 0, each = 0;
  constexpr bool operator==(const Affine&) const = default;
};

/// Steps of a plan by kind, and how many different loops there are.
struct Steps {
  int products = 0, kernels = 0, loops = 0, distinct = 0;
  constexpr bool operator==(const Steps&) const = default;
};

/// The plan of a captureless lambda; its loops are not compiled.
template <class F>
inline constexpr const auto& plan = ir::CompiledPlan<std::remove_const_t<F>>::plan;

/// Elements of the arenas.
template <class F>
constexpr Affine arena() {
  const auto& p = plan<F>;
  return {p.arena[0], p.sizes.extents ? p.arena[1] : 0};
}

/// Floating-point operations of a call.
template <class F>
constexpr Affine flops() {
  Affine total;
  for (const ir::Step& s : plan<F>.steps.view())
    (s.flops.extent ? total.each : total.constant) += s.flops.n;
  return total;
}

/// Those of the matrix products among them.
template <class F>
constexpr Affine product_flops() {
  Affine total;
  for (const ir::Step& s : plan<F>.steps.view())
    if (s.kind == ir::StepKind::gemm) (s.flops.extent ? total.each : total.constant) += s.flops.n;
  return total;
}

template <class F>
constexpr Steps steps() {
  Steps n;
  for (const ir::Step& s : plan<F>.steps.view()) {
    n.products += s.kind == ir::StepKind::gemm;
    n.kernels += s.kind == ir::StepKind::kernel;
    n.loops += s.kind == ir::StepKind::loop;
  }
  n.distinct = plan<F>.sizes.loops;
  return n;
}

/// The Space of an expression.
template <class E>
using space = typename E::space;

/// Trees that occur again and again. Bit 0 of a mask is the batch, bit 1 the units.
template <class X>
using SumOverAll = Node<Over<ops::Sum, 1>, X>;
template <class X>
using SumOverUnits = Node<Over<ops::Sum, 2>, X>;
template <class X>
using MeanOverExamples = Node<ops::Divide, SumOverAll<X>, Extent<>>;
template <class X, class W, class B>
using AffineMap = Node<ops::Add, Node<ops::MatMul, X, W>, B>;
template <class P, class Gradient>
using Descended =
    Node<ops::Subtract, P, Node<ops::Multiply, NamedScalar<"learning_rate">, Gradient>>;

}  // namespace facts
