// The base of kernel ops (no op): a function of the library, called with whole operands.
//
// Such an op is a struct with name, arity, `takes` (whether its operands hold numbers or labels:
// the kernel is given their memory as it is), `result` where that holds labels, shape, vjp (or
// no_derivative),
// `kernel<T>` (a function compiled once, see src/dsl/kernels), `flops`, and `scratch` if it needs
// memory to work in. `parts` lets threads divide a result that has no batch: the kernel then is
// asked for some of its parts, and touches no others. `text` says what the attributes are, for
// explain; `cheaper` gives a form of the op with less work. A kernel may throw, and the call of the
// program has changed nothing then; `total = true` says that it does not, which saves a copy of
// what the program updates.
#pragma once

#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

template <class Op>
struct KernelOp {
  static constexpr ir::OpInfo make_info() {
    ir::OpInfo i{.name = Op::name,
                 .kind = ir::OpKind::kernel,
                 .arity = Op::arity,
                 .id = ir::hash_text(Op::name),
                 .takes = Op::takes,
                 .shape = &Op::shape,
                 .kernel_float = Op::template kernel<float>,
                 .kernel_double = Op::template kernel<double>,
                 .flops = &Op::flops,
                 .expensive = true};
    if constexpr (!ir::SaysNoDerivative<Op>) i.vjp = &Op::vjp;
    if constexpr (requires { &Op::scratch; }) i.scratch = &Op::scratch;
    if constexpr (requires { &Op::parts; }) i.parts = &Op::parts;
    if constexpr (requires { &Op::text; }) i.text = &Op::text;
    if constexpr (requires { &Op::cheaper; }) i.cheaper = &Op::cheaper;
    if constexpr (requires { Op::total; }) i.total = Op::total;
    if constexpr (requires { Op::result; }) i.result = Op::result;
    return i;
  }
};

}  // namespace ops

namespace ir {

// Kernels are given the memory of their operands without its element type, so a graph in which one
// would take labels for numbers is refused. `must_hold` says so in the op's words.
constexpr void require_type(const char* op, const Value& v, DType type, const char* must_hold,
                            CallSite at = {}) {
  if (v.type() == type) return;
  const Shape s = v.shape();
  graph_error_shape(op, must_hold, &s, 1, at);
}
constexpr void require_numbers(const char* op, const Value& v, CallSite at = {}) {
  require_type(op, v, DType::real, "operands must be numbers, not labels", at);
}

/// Number of elements of an example.
constexpr double elements(const Shape& s) { return static_cast<double>(fixed_size(s)); }

}  // namespace ir
}  // namespace ansatz
