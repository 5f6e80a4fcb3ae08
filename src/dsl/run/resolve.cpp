// From a plan and the sizes of its extents to pointers and numbers.
#include <algorithm>
#include <limits>

#include <dsl/exceptions.hpp>
#include <dsl/kernels/reduce.hpp>

#include "../text.hpp"
#include "executor.hpp"

namespace ansatz::running {

using ir::DType;
using ir::LoopArg;
using ir::Monoid;
using ir::RootKind;
using ir::Split;
using ir::StepKind;
using ir::Where;

namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

std::int64_t rounded_up(std::int64_t n, std::int64_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

}  // namespace

template <class T>
void Executor<T>::resolve() {
  for (int i = 0; i < plan_.leaves.size; ++i) {
    const ir::Leaf& leaf = plan_.leaves[i];
    if (leaf.where != Where::stored) continue;
    const Dims& found = store_.shape(leaves_[at(i)].name);
    if (found != dims_of(leaf.shape))
      throw ShapeError("tensor " + in_quotes(leaves_[at(i)].name) +
                       " of the store now has the shape " + shape_text(found) +
                       "; the program needs " + shape_text(leaf.shape, &plan_));
  }
  resolve_memory();
  for (Task& task : tasks_) resolve_task(task);
  resolve_partials();
  for (int i = 0; i < plan_.results.size; ++i)
    result_dims_[at(i)] = dims_of(plan_.results[i].shape);
  store_version_ = store_.version();
}

template <class T>
void Executor<T>::resolve_memory() {
  std::size_t bytes = static_cast<std::size_t>(plan_.arena[0]) * sizeof(T);
  for (int e = 0; e < plan_.extents.size; ++e)
    bytes += static_cast<std::size_t>(plan_.arena[1 + e] *
                                      std::max(capacity_[at(e)], rounded_up(extents_[at(e)], 16))) *
             sizeof(T);
  try {
    get_memory();
  } catch (const std::bad_alloc&) {
    std::string of;
    for (int e = 0; e < plan_.extents.size; ++e)
      of += (e ? ", " : " of ") + std::to_string(extents_[at(e)]);
    throw MemoryError(no_memory("what the program computes for a call" + of + " examples", bytes));
  }
}

template <class T>
void Executor<T>::get_memory() {
  arenas_[0].grow(static_cast<std::size_t>(plan_.arena[0]) * sizeof(T));
  for (int e = 0; e < plan_.extents.size; ++e) {
    // Whole multiples keep what starts at any unit's offset aligned.
    capacity_[at(e)] = std::max(capacity_[at(e)], rounded_up(extents_[at(e)], 16));
    arenas_[at(e) + 1].grow(static_cast<std::size_t>(plan_.arena[1 + e] * capacity_[at(e)]) *
                            sizeof(T));
  }
  for (int b = 0; b < plan_.buffers.size; ++b) {
    const ir::Buffer& buffer = plan_.buffers[b];
    void*& base = base_[at(b)];
    switch (buffer.where) {
      case Where::input:
        base = const_cast<void*>(leaves_[at(buffer.slot)].data);
        break;
      case Where::stored:
        base = store_.data<T>(leaves_[at(buffer.slot)].name);
        break;
      case Where::scalar:
        base = &leaves_[at(buffer.slot)].cell;
        break;
      case Where::extent:
        set_cell(literals_[at(b)], buffer.type, static_cast<double>(extents_[at(buffer.slot)]));
        base = &literals_[at(b)];
        break;
      case Where::constant:
        base = constants_[at(b)].data();
        break;
      case Where::literal:
        base = &literals_[at(b)];
        break;
      case Where::arena: {
        const int e = buffer.offset.extent - 1;
        const std::int64_t units = e < 0 ? 1 : capacity_[at(e)];
        base = static_cast<T*>(arenas_[at(e + 1)].data()) + buffer.offset.n * units;
      }
    }
  }
  std::size_t most_operands = 0;
  std::int64_t kernel_scratch = 0;
  for (const ir::Step& s : plan_.steps) {
    if (s.kind != StepKind::kernel) continue;
    most_operands = std::max(most_operands, at(s.operands));
    kernel_scratch = std::max(kernel_scratch, count(s.scratch));
  }
  for (int i = 0; i < plan_.dims.size; ++i) {
    const Dims dims = dims_of(plan_.dims[i]);
    kernel_ranks_[at(i)] = dims.rank;
    for (int k = 0; k < dims.rank; ++k) kernel_dims_[at(i)][k] = dims[k];
  }
  for (Space& space : spaces_) {
    space.iterations.resize(at(repeats_));
    space.scratch.grow(static_cast<std::size_t>(plan_.scratch) * sizeof(T));
    space.kernel_scratch.grow(static_cast<std::size_t>(kernel_scratch) * sizeof(T));
    if (space.pointers.size() < most_operands) {
      space.pointers.resize(most_operands);
      space.dims = std::make_unique<long[][ir::max_rank]>(most_operands);
    }
  }
  get_chain_memory();
  for (int i = 0; i < plan_.operands.size; ++i) {
    const ir::Operand& operand = plan_.operands[i];
    LoopArg& arg = args_[at(i)];
    arg.site = operand.site;
    for (int k = 0; k <= ir::inner_axis; ++k) arg.stride[k] = count(operand.stride[k]);
    if (operand.buffer == -1) {
      arg.position = count(operand.offset);
    } else if (operand.buffer == ir::scratch_buffer) {
      arg.pointer = static_cast<T*>(spaces_[0].scratch.data()) + count(operand.offset);
    } else {
      const DType type = plan_.buffers[operand.buffer].type;
      arg.pointer = static_cast<char*>(base_[at(operand.buffer)]) +
                    count(operand.offset) * element_bytes(type, sizeof(T));
    }
  }
  const bool any_own =
      std::any_of(tasks_.begin(), tasks_.end(), [](const Task& task) { return task.own_args; });
  for (std::size_t t = 1; any_own && t < spaces_.size(); ++t) {
    spaces_[t].args = args_;
    for (int i = 0; i < plan_.operands.size; ++i)
      if (plan_.operands[i].buffer == ir::scratch_buffer)
        spaces_[t].args[at(i)].pointer =
            static_cast<T*>(spaces_[t].scratch.data()) + count(plan_.operands[i].offset);
  }
}

template <class T>
void Executor<T>::patch_inputs() {
  bool changed = false;
  for (int b : input_buffers_) {
    void* data = const_cast<void*>(leaves_[at(plan_.buffers[b].slot)].data);
    changed |= data != base_[at(b)];
    base_[at(b)] = data;
  }
  if (!changed) return;
  for (int i : input_operands_) {
    const ir::Operand& operand = plan_.operands[i];
    const DType type = plan_.buffers[operand.buffer].type;
    void* pointer = static_cast<char*>(base_[at(operand.buffer)]) +
                    count(operand.offset) * element_bytes(type, sizeof(T));
    args_[at(i)].pointer = pointer;
    for (std::size_t t = 1; t < spaces_.size(); ++t)
      if (!spaces_[t].args.empty()) spaces_[t].args[at(i)].pointer = pointer;
  }
}

template <class T>
void Executor<T>::resolve_task(Task& task) {
  const ir::Step& s = plan_.steps[task.index];
  task.split = s.split;
  task.flops = static_cast<double>(count(s.flops));
  const auto divide = [&](ir::Count c) {
    task.units = c.extent ? extents_[at(c.extent - 1)] : c.n;
    task.rows_per_unit = c.extent ? c.n : 1;
  };
  if (s.kind == StepKind::loop) {
    ir::LoopCall& call = task.call;
    call.args = &args_[at(s.first_operand)];
    call.outer_rank = s.outer_rank;
    call.inner = count(s.inner);
    call.row_begin = call.column_begin = 0;
    call.row_end = 1;
    call.column_end = call.inner;
    call.scratch = spaces_[0].scratch.data();
    call.partial = no_partials_.data();
    if (s.split == Split::columns)
      divide(s.inner);
    else
      divide(s.outer_rank > 0 ? s.outer[0] : ir::Count{1, 0});
    task.by_line = s.split == Split::columns && !s.inner.extent;
    for (int i = 0; i < s.outer_rank; ++i) {
      call.outer[i] = count(s.outer[i]);
      call.row_end *= call.outer[i];
      if (i > 0) task.rows_per_unit *= call.outer[i];
    }
  } else if (s.kind == StepKind::gemm) {
    const LoopArg* args = &args_[at(s.first_operand)];
    task.m = count(s.m);
    task.n = count(s.n);
    task.k = count(s.k);
    task.lda = args[0].stride[0];
    task.ldb = args[1].stride[0];
    task.ldc = args[2].stride[0];
    constexpr std::int64_t limit = std::numeric_limits<std::int32_t>::max();
    for (std::int64_t n : {task.m, task.n, task.k, task.lda, task.ldb, task.ldc})
      if (n > limit)
        throw ShapeError("a product of matrices [" + std::to_string(task.m) + ", " +
                         std::to_string(task.k) + "] and [" + std::to_string(task.k) + ", " +
                         std::to_string(task.n) + "]; allowed: dimensions below 2^31");
    divide(s.outer_rank > 0 ? s.outer[0] : s.m);
    task.call.outer_rank = s.outer_rank;
    for (int d = 0; d < s.outer_rank; ++d) {
      task.call.outer[d] = count(s.outer[d]);
      if (d > 0) task.rows_per_unit *= task.call.outer[d];
    }
  } else if (s.kind == StepKind::kernel) {
    const ir::Shape& out = plan_.dims[s.first_dims + s.operands - 1];
    if (out.batched())
      task.units = extents_[at(extent_index(out[0]))];
    else if (s.split == Split::columns)
      divide(s.inner);
    else
      task.split = Split::none;
  }
}

// Each thread gathers its part of a reduction in memory of its own. Every root has its own, so
// that no thread can begin the next reduction in memory another still combines.
template <class T>
void Executor<T>::resolve_partials() {
  if (threads_ == 1) return;
  std::vector<std::int64_t>& bytes = partial_bytes_;
  bytes.clear();
  for (Task& task : tasks_) {
    task.first_partial = -1;
    if (task.kind != StepKind::loop || task.split == Split::none) continue;
    const ir::LoopCall& call = task.call;
    const int first = static_cast<int>(bytes.size());
    bool divisible = true, gathers = false;
    for (int r = 0; r < call.loop->roots; ++r) {
      const ir::Root& root = call.roots[call.loop->first_root + r];
      const bool positions = kernels::finds_position(static_cast<Monoid>(root.variant));
      std::int64_t size = 0;
      if (root.kind == RootKind::reduce_all)
        size = sizeof(kernels::Extremum<double>);
      else if (root.kind == RootKind::reduce_rows && task.split == Split::rows)
        size = call.inner * (positions ? 2 : 1) * static_cast<std::int64_t>(sizeof(T));
      // A number a row must not be made of some of its columns.
      if (task.split == Split::columns)
        divisible &= call.code[call.loop->first_instr + root.value].level == ir::Level::full;
      bytes.push_back(rounded_up(size, Block::line));
      gathers |= size > 0;
    }
    if (task.split == Split::columns)
      for (int i = 0; i < call.loop->instrs; ++i)
        divisible &= call.code[call.loop->first_instr + i].code != ir::Code::reduce;
    if (!divisible) task.split = Split::none;
    if (divisible && gathers)
      task.first_partial = first;
    else
      bytes.resize(at(first));
  }
  std::int64_t total = 0;
  for (std::int64_t n : bytes) total += n;
  for (Space& space : spaces_) {
    space.partials.grow(static_cast<std::size_t>(total));
    space.partial.resize(bytes.size());
    char* next = static_cast<char*>(space.partials.data());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      space.partial[i] = bytes[i] > 0 ? next : nullptr;
      next += bytes[i];
    }
  }
}

template void Executor<float>::resolve();
template void Executor<double>::resolve();
template void Executor<float>::patch_inputs();
template void Executor<double>::patch_inputs();

}  // namespace ansatz::running
