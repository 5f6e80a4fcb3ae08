// The constant that describes an op, and the way from that constant back to the op's type.
#pragma once

#include <dsl/ir/op_info.hpp>

namespace ansatz::ir {

template <class T>
struct TypeOf {
  using type = T;
};

// A fused loop is a template over its instructions, which hold `const OpInfo*`; to call
// `Op::value` it needs the type again. A friend function, found by argument-dependent lookup from
// the address alone, leads there; DefineOp defines it when the op's constant is first named.
template <const OpInfo* I>
struct OpKey {
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-template-friend"
#endif
  friend constexpr auto op_type(OpKey);
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
};

template <class Op, const OpInfo* I>
struct DefineOp {
  friend constexpr auto op_type(OpKey<I>) { return TypeOf<Op>{}; }
  static constexpr const OpInfo* value = I;
};

/// The constant of an op: `Op::make_info()` evaluated once. Compare with ==; never copied.
template <class Op>
struct OpConstant {
  static constexpr OpInfo info = Op::make_info();
};
template <class Op>
inline constexpr const OpInfo* info_of = DefineOp<Op, &OpConstant<Op>::info>::value;

/// The op of a constant.
template <const OpInfo* I>
using OpOf = typename decltype(op_type(OpKey<I>{}))::type;

}  // namespace ansatz::ir
