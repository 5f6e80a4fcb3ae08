// Check mode: after each step, is what it wrote finite?
#include <cmath>

#include <dsl/exceptions.hpp>

#include "executor.hpp"
#include "text.hpp"

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

/// "'log' in a fused loop (sub, log, mul)": where value `v` of a loop comes from.
std::string loop_text(const ir::LoopCall& call, int v) {
  const ir::Instr* code = call.code + call.loop->first_instr;
  std::string ops;
  for (int i = 0; i < call.loop->instrs; ++i)
    if (code[i].op) ops += (ops.empty() ? "" : ", ") + std::string(code[i].op->name);
  while (code[v].code == Code::reduce) v = code[v].in[0];
  const std::string op = code[v].op ? quoted(code[v].op->name) + " in " : "";
  return op + "a fused loop (" + (ops.empty() ? "copy" : ops) + ")";
}

}  // namespace

template <class T>
void Executor<T>::note_bad_values() {
  bad_before_.clear();
  for (int i = 0; i < plan_.leaves.size; ++i) {
    const ir::Leaf& leaf = plan_.leaves[i];
    const LeafState& state = leaves_[at(i)];
    if (leaf.type == DType::index) continue;
    const std::string name = quoted(state.name);
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
    if (r.buffer == buffer) return "output " + quoted(plan_.text.data + r.name);
  if (buffer >= 0 && plan_.buffers[buffer].where == Where::stored) {
    const int slot = plan_.buffers[buffer].slot;
    return (plan_.leaves[slot].state ? "state " : "parameter ") + quoted(leaves_[at(slot)].name);
  }
  return "an intermediate value";
}

template <class T>
void Executor<T>::report(const Task& task, int buffer, const T* bad,
                         const std::string& what) const {
  std::string text = "call " + std::to_string(calls_) + ", step " + std::to_string(task.index + 1) +
                     " of " + std::to_string(plan_.steps.size) + ", " + what + ": " +
                     written_name(buffer) + " is " + number_text(static_cast<double>(*bad)) +
                     " at element " +
                     std::to_string(bad - static_cast<const T*>(base_[at(buffer)]));
  text += bad_before_.empty() ? "; all inputs and parameters were finite before"
                              : "; not finite before: ";
  for (std::size_t i = 0; i < bad_before_.size(); ++i) text += (i ? ", " : "") + bad_before_[i];
  throw ValueError(text);
}

/// Looks at sizes[0] x ... x sizes[3] elements along the strides of an operand.
template <class T>
void Executor<T>::check_operand(const Task& task, int operand, const std::int64_t (&sizes)[4],
                                const std::string& what) const {
  const int buffer = plan_.operands[operand].buffer;
  if (buffer < 0 || plan_.buffers[buffer].type == DType::index) return;
  const ir::LoopArg& arg = args_[at(operand)];
  const std::int64_t* stride = arg.stride;
  for (std::int64_t i = 0; i < sizes[0]; ++i)
    for (std::int64_t j = 0; j < sizes[1]; ++j)
      for (std::int64_t k = 0; k < sizes[2]; ++k)
        for (std::int64_t l = 0; l < sizes[3]; ++l) {
          const T* p = static_cast<const T*>(arg.pointer) + i * stride[0] + j * stride[1] +
                       k * stride[2] + l * stride[3];
          if (!std::isfinite(*p)) report(task, buffer, p, what);
        }
}

template <class T>
void Executor<T>::check_task(const Task& task) const {
  const ir::Step& s = plan_.steps[task.index];
  if (task.kind == StepKind::loop) {
    const ir::LoopCall& call = task.call;
    for (int r = 0; r < call.loop->roots; ++r) {
      const ir::Root& root = call.roots[call.loop->first_root + r];
      const ir::Instr& value = call.code[call.loop->first_instr + root.value];
      const bool store = root.kind == RootKind::store;
      const bool columns = store ? value.level == Level::full && value.code != Code::reduce
                                 : root.kind == RootKind::reduce_rows;
      std::int64_t sizes[4] = {1, 1, 1, columns ? call.inner : 1};
      for (int i = 0; store && i < call.outer_rank; ++i) sizes[i] = call.outer[i];
      check_operand(task, s.first_operand + root.arg, sizes, loop_text(call, root.value));
    }
  } else if (task.kind == StepKind::gemm || task.kind == StepKind::kernel) {
    // rows of contiguous numbers, whatever stride[3] says
    const bool gemm = task.kind == StepKind::gemm;
    const int last = gemm ? 2 : s.operands - 1;
    const int buffer = plan_.operands[s.first_operand + last].buffer;
    if (buffer < 0 || plan_.buffers[buffer].type == DType::index) return;
    const std::int64_t rows = gemm ? task.m : 1, pitch = gemm ? task.ldc : 0;
    const std::int64_t columns = gemm ? task.n : dims_of(plan_.dims[s.first_dims + last]).count();
    const T* p = static_cast<const T*>(args_[at(s.first_operand + last)].pointer);
    for (std::int64_t i = 0; i < rows; ++i, p += pitch)
      for (std::int64_t j = 0; j < columns; ++j)
        if (!std::isfinite(p[j]))
          report(task, buffer, p + j, gemm ? "a product of matrices" : "op " + quoted(s.label));
  }
}

template void Executor<float>::note_bad_values();
template void Executor<double>::note_bad_values();
template void Executor<float>::check_task(const Task&) const;
template void Executor<double>::check_task(const Task&) const;

}  // namespace ansatz::running
