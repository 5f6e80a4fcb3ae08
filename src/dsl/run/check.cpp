// Check mode: after each step, is what it wrote finite?
#include <algorithm>
#include <cmath>

#include <dsl/exceptions.hpp>

#include "../text.hpp"
#include "executor.hpp"
#include "place.hpp"
#include "trace.hpp"

namespace ansatz::running {

using ir::Code;
using ir::DType;
using ir::Level;
using ir::RootKind;
using ir::StepKind;
using ir::Where;

namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

template <class T>
bool all_finite(const T* p, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i)
    if (!std::isfinite(p[i])) return false;
  return true;
}

/// "a fused loop (subtract, log, multiply)"
std::string loop_text(const ir::PlanView& plan, const ir::Loop& loop) {
  std::string ops;
  for (int i = 0; i < loop.instrs; ++i) {
    const ir::Instr& instr = plan.code[loop.first_instr + i];
    const std::string name = instr.code == Code::apply ? op_name(plan, instr) : "";
    if (!name.empty() && name != "copy") ops += (ops.empty() ? "" : ", ") + name;
  }
  return "a fused loop (" + (ops.empty() ? "copy" : ops) + ")";
}

}  // namespace

template <class T>
void Executor<T>::note_bad_values() {
  bad_before_.clear();
  for (int i = 0; i < plan_.leaves.size; ++i) {
    const ir::Leaf& leaf = plan_.leaves[i];
    const LeafState& state = leaves_[at(i)];
    if (leaf.type == DType::index || leaf.unused) continue;
    const std::string name = in_quotes(state.name);
    if (leaf.where == Where::scalar) {
      if (!std::isfinite(state.cell.real)) bad_before_.push_back("scalar " + name);
      continue;
    }
    const bool stored = leaf.where == Where::stored;
    const T* data = stored ? store_.data<T>(state.name) : static_cast<const T*>(state.data);
    if (!all_finite(data, dims_of(leaf.shape).count()))
      bad_before_.push_back((!stored ? "input " : leaf.state ? "state " : "parameter ") + name);
  }
}

template <class T>
std::string Executor<T>::written_name(int buffer) const {
  for (const ir::Result& r : plan_.results)
    if (r.buffer == buffer) return "output " + in_quotes(plan_.text.data + r.name);
  if (buffer >= 0 && plan_.buffers[buffer].where == Where::stored) {
    const int slot = plan_.buffers[buffer].slot;
    return (plan_.leaves[slot].state ? "state " : "parameter ") + in_quotes(leaves_[at(slot)].name);
  }
  return "an intermediate value";
}

/// Keeps what the step is about to write over, which it may read.
template <class T>
void Executor<T>::check_before(const Task& task) {
  kept_.clear();
  if (task.kind != StepKind::loop) return;
  const ir::Step& s = plan_.steps[task.index];
  const ir::Loop& loop = *task.call.loop;
  for (int r = 0; r < loop.roots; ++r) {
    const int b = plan_.operands[s.first_operand + plan_.roots[loop.first_root + r].arg].buffer;
    if (b < 0) continue;
    const ir::Buffer& buffer = plan_.buffers[b];
    const auto bytes = at(static_cast<int>(element_bytes(buffer.type, sizeof(T)))) *
                       static_cast<std::size_t>(count(buffer.size));
    const char* memory = static_cast<const char*>(base_[at(b)]);
    kept_.push_back({base_[at(b)], std::vector<char>(memory, memory + bytes)});
  }
}

template <class T>
void Executor<T>::swap_kept() {
  for (auto& [memory, bytes] : kept_)
    std::swap_ranges(bytes.begin(), bytes.end(), static_cast<char*>(memory));
}

template <class T>
void Executor<T>::report(const Task& task, int buffer, const T* bad, const std::string& what,
                         const std::string& place) const {
  std::string text = "call " + std::to_string(calls_) + ", step " + std::to_string(task.index + 1) +
                     " of " + std::to_string(plan_.steps.size) + ", " + what + ": " +
                     written_name(buffer) + " is " + number_text(static_cast<double>(*bad)) +
                     " at element " +
                     std::to_string(bad - static_cast<const T*>(base_[at(buffer)]));
  if (!place.empty()) text += "; " + place;
  text += bad_before_.empty() ? "; all inputs and parameters were finite before"
                              : "; not finite before: ";
  for (std::size_t i = 0; i < bad_before_.size(); ++i) text += (i ? ", " : "") + bad_before_[i];
  throw ValueError(text);
}

/// Looks at what root `r` of a loop has written.
template <class T>
void Executor<T>::check_root(const Task& task, int r) {
  const ir::Step& s = plan_.steps[task.index];
  const ir::LoopCall& call = task.call;
  const ir::Root& root = call.roots[call.loop->first_root + r];
  const ir::Instr& value = call.code[call.loop->first_instr + root.value];
  const bool store = root.kind == RootKind::store;
  const bool columns = store ? value.level == Level::full && value.code != Code::reduce
                             : root.kind == RootKind::reduce_rows;
  Sizes sizes;
  std::fill(std::begin(sizes), std::end(sizes), 1);
  if (columns) sizes[ir::inner_axis] = call.inner;
  for (int i = 0; store && i < call.outer_rank; ++i) sizes[i] = call.outer[i];
  const int operand = s.first_operand + root.arg, buffer = plan_.operands[operand].buffer;
  if (buffer < 0 || plan_.buffers[buffer].type == DType::index) return;
  // The largest of no elements is -inf: the op's own value, which no element made.
  if (!store || value.code == Code::reduce) {
    bool empty = call.inner == 0;
    for (int i = 0; i < call.outer_rank; ++i) empty = empty || call.outer[i] == 0;
    if (empty) return;
  }
  const ir::LoopArg& arg = args_[at(operand)];
  const std::int64_t* stride = arg.stride;
  std::int64_t rows = 1;
  for (int d = 0; d < ir::outer_axes; ++d) rows *= sizes[d];
  for (std::int64_t i = 0; i < rows; ++i) {
    const T* first = static_cast<const T*>(arg.pointer);
    for (std::int64_t d = ir::outer_axes - 1, rest = i; d >= 0; rest /= sizes[d], --d)
      first += rest % sizes[d] * stride[d];
    for (std::int64_t l = 0; l < sizes[ir::inner_axis]; ++l) {
      const T* p = first + l * stride[ir::inner_axis];
      if (std::isfinite(*p)) continue;
      const std::int64_t row = store ? i : -1;
      const std::int64_t column = root.kind == RootKind::reduce_all ? -1 : columns ? l : 0;
      swap_kept();
      const auto answer = LoopTrace<T>(plan_, task.index, call).find(r, row, column);
      swap_kept();
      const std::string loop = loop_text(plan_, *call.loop);
      report(task, buffer, p, answer.op.empty() ? loop : in_quotes(answer.op) + " in " + loop,
             answer.text);
    }
  }
}

template <class T>
void Executor<T>::check_after(const Task& task) {
  const ir::Step& s = plan_.steps[task.index];
  if (task.kind == StepKind::loop) {
    for (int r = 0; r < task.call.loop->roots; ++r) check_root(task, r);
  } else if (task.kind == StepKind::gemm || task.kind == StepKind::kernel) {
    // rows of contiguous numbers, whatever the inner stride says
    const bool gemm = task.kind == StepKind::gemm;
    const int last = gemm ? 2 : s.operands - 1;
    const int buffer = plan_.operands[s.first_operand + last].buffer;
    if (buffer < 0 || plan_.buffers[buffer].type == DType::index) return;
    const std::int64_t stack = task.call.outer_rank > 0 ? task.units * task.rows_per_unit : 1;
    const std::int64_t rows = gemm ? stack * task.m : 1, pitch = gemm ? task.ldc : 0;
    const std::int64_t columns = gemm ? task.n : dims_of(plan_.dims[s.first_dims + last]).count();
    const T* p = static_cast<const T*>(args_[at(s.first_operand + last)].pointer);
    for (std::int64_t i = 0; i < rows; ++i, p += pitch)
      for (std::int64_t j = 0; j < columns; ++j)
        if (!std::isfinite(p[j]))
          report(task, buffer, p + j, gemm ? "a product of matrices" : "op " + in_quotes(s.label),
                 in_quotes(gemm ? "matmul" : s.label) + " made " +
                     number_text(static_cast<double>(p[j])) + ": " +
                     Places(plan_).of_step(task.index).text);
  }
}

template <class T>
const typename Executor<T>::CheckMode Executor<T>::check_mode{
    &Executor::note_bad_values, &Executor::check_before, &Executor::check_after};

template const Executor<float>::CheckMode Executor<float>::check_mode;
template const Executor<double>::CheckMode Executor<double>::check_mode;

}  // namespace ansatz::running

namespace ansatz {

// Here, not beside the other members: programs that never ask for it hold none of its code.
template <class T>
void Program<T>::check(bool on) {
  running::alive(executor_).check = on ? &running::Executor<T>::check_mode : nullptr;
}
template void Program<float>::check(bool);
template void Program<double>::check(bool);

}  // namespace ansatz
