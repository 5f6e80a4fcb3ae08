// Ops and loops to try the kernels on.
#pragma once

#include <cmath>
#include <dsl/kernels/block.hpp>
#include <dsl/kernels/loop.hpp>

namespace kernel_test {

namespace ir = ansatz::ir;
namespace kernels = ansatz::kernels;

// The same formulas on a plain number.
inline double max(double a, double b) { return a != a || a >= b ? a : b; }
inline double select(bool m, double a, double b) { return m ? a : b; }
inline double to_number(bool m) { return m; }
using std::exp;
using std::log1p;
using std::tanh;

template <class Op, int N>
struct Elementwise {
  static constexpr ir::OpInfo make_info() {
    ir::OpInfo info{.takes = ir::Elements::either};
    info.name = Op::name;
    info.kind = ir::OpKind::elementwise;
    info.arity = N;
    info.block_float = &kernels::run_block<Op, float>;
    info.block_double = &kernels::run_block<Op, double>;
    return info;
  }
};

#define KERNEL_TEST_OP(Name, N, parameters, formula)   \
  struct Name : Elementwise<Name, N> {                 \
    static constexpr const char* name = "test." #Name; \
    template <class X>                                 \
    static X value parameters {                        \
      return formula;                                  \
    }                                                  \
  };
KERNEL_TEST_OP(One, 0, (), X(1))
KERNEL_TEST_OP(Exp, 1, (X x), exp(x))
KERNEL_TEST_OP(Tanh, 1, (X x), tanh(x))
KERNEL_TEST_OP(Softplus, 1, (X x), max(x, X(0)) + log1p(exp(-max(x, -x))))
KERNEL_TEST_OP(Relu, 1, (X x), max(x, X(0)))
KERNEL_TEST_OP(Add, 2, (X x, X y), x + y)
KERNEL_TEST_OP(Sub, 2, (X x, X y), x - y)
KERNEL_TEST_OP(Mul, 2, (X x, X y), x* y)
KERNEL_TEST_OP(Div, 2, (X x, X y), x / y)
KERNEL_TEST_OP(Equal, 2, (X x, X y), to_number(x == y))
KERNEL_TEST_OP(Less, 2, (X x, X y), to_number(x < y))
KERNEL_TEST_OP(Where, 3, (X m, X x, X y), select(m > X(0), x, y))
#undef KERNEL_TEST_OP

/// The op of a constant, on plain numbers.
inline double plain(const ir::OpInfo* op, double a, double b, double c) {
  if (op == ir::info_of<One>) return 1;
  if (op == ir::info_of<Exp>) return Exp::value(a);
  if (op == ir::info_of<Tanh>) return Tanh::value(a);
  if (op == ir::info_of<Softplus>) return Softplus::value(a);
  if (op == ir::info_of<Relu>) return Relu::value(a);
  if (op == ir::info_of<Add>) return Add::value(a, b);
  if (op == ir::info_of<Sub>) return Sub::value(a, b);
  if (op == ir::info_of<Mul>) return Mul::value(a, b);
  if (op == ir::info_of<Div>) return Div::value(a, b);
  if (op == ir::info_of<Equal>) return Equal::value(a, b);
  if (op == ir::info_of<Less>) return Less::value(a, b);
  return Where::value(a, b, c);
}

// ---------------------------------------------------------------- writing loops down

constexpr ir::Instr load(int arg, int phase = 0, ir::Walk walk = ir::Walk::contiguous,
                         ir::DType type = ir::DType::real) {
  ir::Instr i;
  i.code = ir::Code::load;
  i.level = ir::Level::full;
  i.walk = walk;
  i.type = type;
  i.phase = static_cast<std::uint8_t>(phase);
  i.arg = static_cast<std::int16_t>(arg);
  return i;
}
constexpr ir::Instr row_load(int arg, int phase = 0, ir::DType type = ir::DType::real) {
  ir::Instr i = load(arg, phase, ir::Walk::fixed, type);
  i.level = ir::Level::row;
  return i;
}
constexpr ir::Instr uniform(int arg) {
  ir::Instr i;
  i.arg = static_cast<std::int16_t>(arg);
  return i;
}
constexpr ir::Instr iota(int arg, ir::Level level = ir::Level::full, int phase = 0) {
  ir::Instr i = load(arg, phase);
  i.code = ir::Code::iota;
  i.level = level;
  return i;
}
constexpr ir::Instr draw(int arg, ir::Random kind, ir::Level level = ir::Level::full,
                         int phase = 0) {
  ir::Instr i = iota(arg, level, phase);
  i.code = ir::Code::random;
  i.variant = static_cast<std::uint8_t>(kind);
  return i;
}
template <class Op>
constexpr ir::Instr apply(int a = -1, int b = -1, int c = -1, int phase = 0,
                          ir::Level level = ir::Level::full) {
  ir::Instr i;
  i.code = ir::Code::apply;
  i.level = level;
  i.phase = static_cast<std::uint8_t>(phase);
  i.op = ir::info_of<Op>;
  i.in[0] = static_cast<std::int16_t>(a);
  i.in[1] = static_cast<std::int16_t>(b);
  i.in[2] = static_cast<std::int16_t>(c);
  return i;
}
constexpr ir::Instr reduce(ir::Monoid m, int value, int phase = 0) {
  ir::Instr i;
  i.code = ir::Code::reduce;
  i.level = ir::Level::row;
  i.phase = static_cast<std::uint8_t>(phase);
  i.variant = static_cast<std::uint8_t>(m);
  i.in[0] = static_cast<std::int16_t>(value);
  return i;
}
constexpr ir::Root store(int value, int arg, ir::Walk walk = ir::Walk::contiguous,
                         ir::DType type = ir::DType::real) {
  ir::Root r;
  r.walk = walk;
  r.type = type;
  r.value = static_cast<std::int16_t>(value);
  r.arg = static_cast<std::int16_t>(arg);
  return r;
}
constexpr ir::Root reduce_rows(ir::Monoid m, int value, int arg,
                               ir::Walk walk = ir::Walk::contiguous,
                               ir::DType type = ir::DType::real) {
  ir::Root r = store(value, arg, walk, type);
  r.kind = ir::RootKind::reduce_rows;
  r.variant = static_cast<std::uint8_t>(m);
  return r;
}
constexpr ir::Root reduce_all(ir::Monoid m, int value, int arg, ir::DType type = ir::DType::real) {
  ir::Root r = store(value, arg, ir::Walk::fixed, type);
  r.kind = ir::RootKind::reduce_all;
  r.variant = static_cast<std::uint8_t>(m);
  return r;
}

/// The tables a loop is read from.
template <int Instrs, int Roots>
struct Tables {
  ir::Instr code[Instrs];
  ir::Root roots[Roots];
  ir::Loop loops[1];
};
template <int Instrs, int Roots>
constexpr Tables<Instrs, Roots> one_loop(int args, int phases, const ir::Instr (&code)[Instrs],
                                         const ir::Root (&roots)[Roots]) {
  Tables<Instrs, Roots> t{};
  for (int i = 0; i < Instrs; ++i) t.code[i] = code[i];
  for (int i = 0; i < Roots; ++i) t.roots[i] = roots[i];
  t.loops[0] = {0, Instrs, 0, Roots, phases, args};
  return t;
}

struct Activation {  // relu(x + bias)
  static constexpr auto plan =
      one_loop(3, 1, {load(0), load(1), apply<Add>(0, 1), apply<Relu>(2)}, {store(3, 2)});
};
struct Update {  // w = w - rate * g, in place, and the old w elsewhere
  static constexpr auto plan =
      one_loop(5, 1, {uniform(0), load(1), load(2), apply<Mul>(0, 2), apply<Sub>(1, 3)},
               {store(4, 3), store(1, 4)});
};
struct Dropout {
  static constexpr auto plan =
      one_loop(6, 2,
               {uniform(0), draw(1, ir::Random::uniform), apply<Less>(1, 0), load(2),
                apply<Mul>(2, 3), draw(3, ir::Random::normal, ir::Level::full, 1), load(2, 1),
                apply<Add>(6, 5, -1, 1), draw(4, ir::Random::uniform, ir::Level::row, 2)},
               {store(4, 5), store(7, 2), reduce_all(ir::Monoid::sum, 8, 0)});
};

}  // namespace kernel_test
