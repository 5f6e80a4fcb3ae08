// Plans made by hand: the executor alone, without the compiler and without its loops.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include <dsl/program.hpp>

namespace hand {

using namespace ansatz;
using ansatz::ir::Count;
using ansatz::ir::DType;
using ansatz::ir::Where;

inline ir::PlanView view_of(const ir::Plan& p) {
  const auto table = [](const auto& list) {
    using E = std::remove_cvref_t<decltype(list[0])>;
    return ir::PlanTable<E>{list.data(), list.size()};
  };
  return {table(p.buffers), table(p.leaves),  table(p.operands),     table(p.code),
          table(p.roots),   table(p.loops),   table(p.steps),        table(p.dims),
          table(p.results), table(p.extents), table(p.extent_names), table(p.arena),
          table(p.text),    p.scratch};
}

/// A program that owns a copy of the plan.
template <class T>
Program<T> program_of(const ir::Plan& plan, ir::LoopFn loop) {
  auto* copy = new ir::Plan(plan);
  return Program<T>(hand::view_of(*copy), &loop,
                    {copy, [](void* p) { delete static_cast<ir::Plan*>(p); }});
}

/// Adds rows to the tables of a plan.
struct Builder {
  ir::Plan plan;

  int text(const std::string& s) {
    const int at = plan.text.size();
    for (char c : s) plan.text.push_back(c);
    plan.text.push_back('\0');
    return at;
  }
  /// As a Count names it.
  int extent(const char* name) {
    plan.extents.push_back(ir::extent_code(name));
    plan.extent_names.push_back(text(name));
    return plan.extents.size();
  }
  int leaf(Where where, const char* name, ir::Shape shape, DType type = DType::real, int labels = 0,
           double initial = 0, bool state = false) {
    const int slot = plan.leaves.size();
    plan.leaves.push_back({where, type, shape, labels, text(name), state, false, initial});
    ir::Buffer buffer;
    buffer.where = where;
    buffer.type = type;
    buffer.slot = slot;
    plan.buffers.push_back(buffer);
    return plan.buffers.size() - 1;
  }
  int literal(double value) {
    ir::Buffer buffer;
    buffer.where = Where::literal;
    buffer.slot = -1;
    buffer.value = value;
    plan.buffers.push_back(buffer);
    return plan.buffers.size() - 1;
  }
  int arena(Count size, Count offset, DType type = DType::real) {
    ir::Buffer buffer;
    buffer.type = type;
    buffer.slot = -1;
    buffer.size = size;
    buffer.offset = offset;
    plan.buffers.push_back(buffer);
    return plan.buffers.size() - 1;
  }
  /// An operand of `outer` elements a row and `inner` a column.
  int operand(int buffer, Count outer = {}, Count inner = {}) {
    ir::Operand o;
    o.buffer = buffer;
    o.stride[0] = outer;
    o.stride[ir::inner_axis] = inner;
    plan.operands.push_back(o);
    return plan.operands.size() - 1;
  }
  int instruction(ir::Code code, ir::Level level, int arg, const ir::OpInfo* op = nullptr) {
    ir::Instr i;
    i.code = code;
    i.level = level;
    i.arg = static_cast<std::int16_t>(arg);
    i.op = op;
    plan.code.push_back(i);
    return plan.code.size() - 1;
  }
  void root(ir::RootKind kind, int value, int arg, ir::Monoid monoid = ir::Monoid::sum) {
    ir::Root r;
    r.kind = kind;
    r.variant = static_cast<std::uint8_t>(monoid);
    r.value = static_cast<std::int16_t>(value);
    r.arg = static_cast<std::int16_t>(arg);
    plan.roots.push_back(r);
  }
  void result(const char* name, int buffer, ir::Shape shape, DType type = DType::real) {
    plan.results.push_back({text(name), buffer, shape, type});
  }
};

inline constexpr ir::OpInfo affine_op{.name = "affine", .takes = ir::Elements::either};

/// y = scale * h + (column == label), its total and its sums over the rows. Arguments: h, label,
/// scale, y, total, sums.
template <class T>
void affine_loop(const ir::LoopCall& call) {
  const auto* h = static_cast<const T*>(call.args[0].pointer);
  const auto* label = static_cast<const std::int32_t*>(call.args[1].pointer);
  const T scale = *static_cast<const T*>(call.args[2].pointer);
  auto* y = static_cast<T*>(call.args[3].pointer);
  auto* sums = static_cast<T*>(call.partial[2] ? call.partial[2] : call.args[5].pointer);
  double total = 0;
  for (std::int64_t j = 0; j < call.inner; ++j) sums[j] = 0;
  for (std::int64_t r = call.row_begin; r < call.row_end; ++r)
    for (std::int64_t j = 0; j < call.inner; ++j) {
      const T value = scale * h[r * call.args[0].stride[0] + j] +
                      T(label[r * call.args[1].stride[0]] == j ? 1 : 0);
      y[r * call.args[3].stride[0] + j] = value;
      total += static_cast<double>(value);
      sums[j] += value;
    }
  if (call.partial[1])
    *static_cast<double*>(call.partial[1]) = total;
  else
    *static_cast<T*>(call.args[4].pointer) = static_cast<T>(total);
}

/// h = x W;  y = scale h + onehot(label);  total = sum y;  sums = sum over rows;  W += rate x^T y.
struct Regression {
  static constexpr int inputs = 3, columns = 4;
  Builder b;

  explicit Regression(std::int64_t flops = 0) {
    const int batch = b.extent("batch");
    const int code = ir::extent_code("batch");
    const int x = b.leaf(Where::input, "x", ir::make_shape(code, inputs));
    const int label = b.leaf(Where::input, "label", ir::make_shape(code), DType::index, columns);
    const int rate = b.leaf(Where::scalar, "rate", {}, DType::real, 0, std::nan(""));
    const int scale = b.leaf(Where::scalar, "scale", {}, DType::real, 0, 2);
    const int w = b.leaf(Where::stored, "W", ir::make_shape(inputs, columns));
    const int one = b.literal(1), zero = b.literal(0);
    const int h = b.arena({columns, batch}, {0, batch});
    const int y = b.arena({columns, batch}, {columns, batch});
    const int total = b.arena({1, 0}, {0, 0});
    const int sums = b.arena({columns, 0}, {16, 0});
    b.plan.arena.push_back(32);
    b.plan.arena.push_back(2 * columns);

    ir::Step forward;
    forward.kind = ir::StepKind::gemm;
    forward.split = ir::Split::rows;
    forward.m = {1, batch};
    forward.n = {columns, 0};
    forward.k = {inputs, 0};
    forward.label = "gemm";
    forward.flops = {flops, 0};
    forward.first_operand = b.operand(x, {inputs, 0});
    b.operand(w, {columns, 0});
    b.operand(h, {columns, 0});
    b.operand(one);
    b.operand(zero);
    forward.operands = 5;
    b.plan.steps.push_back(forward);

    ir::Step loop;
    loop.split = ir::Split::rows;
    loop.loop = 0;
    loop.outer_rank = 1;
    loop.outer[0] = {1, batch};
    loop.inner = {columns, 0};
    loop.label = "loop";
    loop.first_operand = b.operand(h, {columns, 0}, {1, 0});
    b.operand(label, {1, 0});
    b.operand(scale);
    b.operand(y, {columns, 0}, {1, 0});
    b.operand(total);
    b.operand(sums, {}, {1, 0});
    loop.operands = 6;
    b.instruction(ir::Code::load, ir::Level::full, 0);
    b.instruction(ir::Code::load, ir::Level::row, 1);
    b.instruction(ir::Code::uniform, ir::Level::uniform, 2);
    b.instruction(ir::Code::apply, ir::Level::full, -1, &affine_op);
    b.root(ir::RootKind::store, 3, 3);
    b.root(ir::RootKind::reduce_all, 3, 4);
    b.root(ir::RootKind::reduce_rows, 3, 5);
    b.plan.loops.push_back({0, 4, 0, 3, 1, 6});
    b.plan.steps.push_back(loop);

    ir::Step update;
    update.kind = ir::StepKind::gemm;
    update.split = ir::Split::rows;
    update.barrier = true;
    update.transpose_a = true;
    update.m = {inputs, 0};
    update.n = {columns, 0};
    update.k = {1, batch};
    update.label = "gemm";
    update.first_operand = b.operand(x, {inputs, 0});
    b.operand(y, {columns, 0});
    b.operand(w, {columns, 0});
    b.operand(rate);
    b.operand(one);
    update.operands = 5;
    b.plan.steps.push_back(update);

    b.result("y", y, ir::make_shape(code, columns));
    b.result("total", total, {});
    b.result("sums", sums, ir::make_shape(columns));
    b.result("label", label, ir::make_shape(code), DType::index);
    b.result("W", w, ir::make_shape(inputs, columns));
  }

  template <class T>
  Program<T> program() const {
    return program_of<T>(b.plan, affine_loop<T>);
  }
};

/// The same in plain loops.
template <class T>
struct Reference {
  std::vector<double> y, sums, w;
  double total = 0;

  Reference(const std::vector<T>& x, const std::vector<int>& label, double scale, double rate,
            std::vector<double> w0)
      : y(label.size() * 4), sums(4), w(std::move(w0)) {
    const std::vector<double> before = w;
    for (std::size_t r = 0; r < label.size(); ++r)
      for (std::size_t j = 0; j < 4; ++j) {
        double h = 0;
        for (std::size_t i = 0; i < 3; ++i)
          h += static_cast<double>(x[r * 3 + i]) * before[i * 4 + j];
        const double value = scale * h + (label[r] == static_cast<int>(j) ? 1 : 0);
        y[r * 4 + j] = value;
        total += value;
        sums[j] += value;
        for (std::size_t i = 0; i < 3; ++i)
          w[i * 4 + j] += rate * static_cast<double>(x[r * 3 + i]) * value;
      }
  }
};

/// Small numbers that are not all alike.
template <class T>
std::vector<T> numbers(std::size_t n, int seed = 1) {
  std::vector<T> out(n);
  std::uint64_t state = static_cast<std::uint64_t>(seed);
  for (T& x : out) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    x = static_cast<T>(static_cast<double>(state >> 40) / double(1 << 24) - 0.5);
  }
  return out;
}
inline std::vector<int> labels(std::size_t n) {
  std::vector<int> out(n);
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<int>(i * 7 % 4);
  return out;
}

}  // namespace hand
