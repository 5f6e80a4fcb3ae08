// Chains of steps: a few examples at a time through convolution, pool, bias and rectifier, forwards
// and backwards, while they lie in the second-level cache.
//
// The steps between two barriers of the plan touch, of all memory that they write, the same
// examples only; that is what lets threads run ahead of one another, and so may the first examples.
// A sum over examples at the end of such steps, the gradient of kernels, has a barrier before it
// because it reads everybody's examples; in a chain each share adds up its own.
#include <algorithm>

#include <dsl/ops/image/convolve.hpp>
#include <dsl/ops/image/max_pool.hpp>
#include <dsl/ops/image/mean_pool.hpp>

#include "executor.hpp"

namespace ansatz::running {

using ir::Buffer;
using ir::Split;
using ir::StepKind;
using ir::Where;

namespace {

/// Bytes of a few examples: a part of a second-level cache, which kernels' own memory shares.
constexpr std::int64_t cache = 320 << 10;

std::size_t at(int i) { return static_cast<std::size_t>(i); }
std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

}  // namespace

/// The examples that threads share out, if the step is divided like that.
template <class T>
int Executor<T>::extent_of(const ir::Step& s) const {
  if (s.split != Split::rows) return -1;
  if (s.kind == StepKind::loop) return s.outer_rank > 0 ? s.outer[0].extent - 1 : -1;
  if (s.kind != StepKind::kernel) return -1;
  const ir::Shape& out = plan_.dims[s.first_dims + s.operands - 1];
  return out.batched() ? extent_index(out[0]) : -1;
}

template <class T>
bool Executor<T>::may_stand_in_chain(const ir::Step& s, int extent) const {
  if (extent < 0 || extent_of(s) != extent || s.may_throw) return false;
  if (s.kind == StepKind::loop) {
    // A sum over the rows is one of them all.
    const ir::Loop& loop = plan_.loops[s.loop];
    for (int r = 0; r < loop.roots; ++r)
      if (plan_.roots[loop.first_root + r].kind != ir::RootKind::store) return false;
    return true;
  }
  // Not the gradient of a convolution's images, which brings the kernels into another order in
  // every call, nor what multiplies many examples at a time.
  for (const ir::KernelFn<float> kernel :
       {&kernels::convolve<float>, &kernels::max_pool<float>, &kernels::max_pool_gradient<float>,
        &kernels::max_pool_gather<float>, &kernels::mean_pool<float>,
        &kernels::mean_pool_gradient<float>})
    if (s.kernel_float == kernel) return true;
  return false;
}

template <class T>
bool Executor<T>::sums_examples(const ir::Step& s, int extent) const {
  if (s.kind != StepKind::kernel || s.kernel_float != &kernels::convolve_weight_gradient<float>)
    return false;
  const ir::Shape& x = plan_.dims[s.first_dims];
  constexpr std::int64_t most = 1 << 16;  // numbers to add up for every few examples
  return x.batched() && extent_index(x[0]) == extent &&
         plan_.buffers[plan_.operands[s.first_operand + s.operands - 1].buffer].size.n <= most;
}

template <class T>
void Executor<T>::find_chains() {
  for (int first = 0; first < plan_.steps.size; ++first) {
    const int extent = extent_of(plan_.steps[first]);
    if (!may_stand_in_chain(plan_.steps[first], extent)) continue;
    int last = first;
    while (last + 1 < plan_.steps.size && !plan_.steps[last + 1].barrier &&
           may_stand_in_chain(plan_.steps[last + 1], extent))
      ++last;
    if (last + 1 < plan_.steps.size && sums_examples(plan_.steps[last + 1], extent)) ++last;
    bool kernel = false;  // loops alone are fused as far as that pays
    for (int i = first; i <= last; ++i) kernel |= plan_.steps[i].kind == StepKind::kernel;
    if (last > first && kernel) add_chain(first, last);
    first = last;
  }
}

template <class T>
void Executor<T>::add_chain(int first, int last) {
  Chain chain;
  chain.first = first;
  chain.last = last;
  chain.extent = extent_of(plan_.steps[first]);
  const ir::Step& end = plan_.steps[last];
  chain.sums = sums_examples(end, chain.extent);
  if (chain.sums)
    chain.sum = plan_.buffers[plan_.operands[end.first_operand + end.operands - 1].buffer].size.n;
  // What a kernel of the chain makes for other kernels of it alone.
  std::vector<int> touched;
  for (int i = first; i <= last; ++i) {
    const ir::Step& s = plan_.steps[i];
    for (int k = 0; k < s.operands; ++k) {
      const int b = plan_.operands[s.first_operand + k].buffer;
      if (b >= 0 && plan_.buffers[b].size.extent == 1 + chain.extent &&
          std::find(touched.begin(), touched.end(), b) == touched.end())
        touched.push_back(b);
    }
  }
  std::int64_t bytes = 0;
  for (int b : touched) {
    bytes += plan_.buffers[b].size.n * static_cast<std::int64_t>(sizeof(T));
    bool inner = plan_.buffers[b].where == Where::arena;
    for (const ir::Result& r : plan_.results) inner &= r.buffer != b;
    bool made = false;
    for (int i = 0; i < plan_.steps.size && inner; ++i) {
      const ir::Step& s = plan_.steps[i];
      for (int k = 0; k < s.operands; ++k) {
        if (plan_.operands[s.first_operand + k].buffer != b) continue;
        const bool here = first <= i && i <= last && s.kind == StepKind::kernel;
        const bool makes = k == s.operands - 1;
        inner &= here && (made || makes);
        made |= makes;
      }
    }
    if (!inner) continue;
    chain.inner.push_back(b);
    chain.place.push_back(chain.size);
    chain.size += (plan_.buffers[b].size.n + 15) / 16 * 16;
  }
  chain.examples = std::max<std::int64_t>(1, cache / std::max<std::int64_t>(bytes, 1));
  tasks_[at(first)].chain = static_cast<int>(chains_.size());
  chains_.push_back(chain);
}

template <class T>
void Executor<T>::get_chain_memory() {
  for (const Chain& chain : chains_)
    for (Space& space : spaces_) {
      const std::int64_t most = std::min(chain.examples, extents_[at(chain.extent)]);
      space.inner.grow(at(chain.size * most) * sizeof(T));
      if (!chain.sums) continue;
      space.part.grow(at(chain.sum) * sizeof(T));
      space.sums.grow(at(chain.sum) * sizeof(double));
    }
}

template <class T>
template <bool parallel>
void Executor<T>::run_chain(const Chain& chain, const ir::RandomKey& random, int share) {
  Space& space = spaces_[at(share)];
  double* const sums = static_cast<double*>(space.sums.data());
  if (chain.sums) std::fill(sums, sums + chain.sum, 0.0);
  const std::int64_t all = extents_[at(chain.extent)];
  const Share mine = parallel ? share_of(all, share, threads_) : Share{0, all};
  for (std::int64_t e = mine.begin; e < mine.end; e += chain.examples) {
    const Share examples{e, std::min(e + chain.examples, mine.end)};
    for (int i = chain.first; i <= chain.last; ++i) {
      const Task& task = tasks_[at(i)];
      if (task.kind == StepKind::kernel) {
        run_link(chain, task, examples, space);
        continue;
      }
      ir::LoopCall call = task.call;
      call.random = random;
      call.scratch = space.scratch.data();
      if (task.own_args && share > 0) call.args = &space.args[at(task.first_operand)];
      call.row_begin = examples.begin * task.rows_per_unit;
      call.row_end = examples.end * task.rows_per_unit;
      task.loop(call);
    }
    if (!chain.sums) continue;
    const T* const part = static_cast<const T*>(space.part.data());
#ifndef __clang__  // which does it by itself, and complains where a sanitizer keeps it from it
#pragma omp simd
#endif
    for (std::int64_t i = 0; i < chain.sum; ++i) sums[i] += static_cast<double>(part[i]);
  }
}

/// A kernel, for some examples.
template <class T>
void Executor<T>::run_link(const Chain& chain, const Task& task, Share examples, Space& space) {
  const ir::Step& s = plan_.steps[task.index];
  const int last = s.operands - 1;
  const std::int64_t most = std::min(chain.examples, extents_[at(chain.extent)]);
  for (int k = 0; k <= last; ++k) {
    const int buffer = plan_.operands[s.first_operand + k].buffer;
    const ir::Shape& shape = plan_.dims[s.first_dims + k];
    const long* const dims = kernel_dims_[at(s.first_dims + k)];
    std::copy(dims, dims + ir::max_rank, space.dims[at(k)]);
    const void*& pointer = space.pointers[at(k)];
    pointer = args_[at(s.first_operand + k)].pointer;
    if (!shape.batched() || extent_index(shape[0]) != chain.extent) continue;
    space.dims[at(k)][0] = static_cast<long>(examples.end - examples.begin);
    const auto inner = std::find(chain.inner.begin(), chain.inner.end(), buffer);
    if (inner != chain.inner.end()) {
      pointer = static_cast<const T*>(space.inner.data()) +
                chain.place[at(inner - chain.inner.begin())] * most;
      continue;
    }
    std::int64_t row = element_bytes(plan_.buffers[buffer].type, sizeof(T));
    for (int d = 1; d < shape.rank; ++d) row *= dims[d];
    pointer = static_cast<const char*>(pointer) + examples.begin * row;
  }
  if (chain.sums && &task == &tasks_[at(chain.last)]) space.pointers[at(last)] = space.part.data();
  ir::KernelArgs<T> call{};
  call.in = space.pointers.data();
  call.out = const_cast<void*>(space.pointers[at(last)]);
  call.in_dims = space.dims.get();
  call.in_rank = &kernel_ranks_[at(s.first_dims)];
  call.out_dims = space.dims[at(last)];
  call.out_rank = plan_.dims[s.first_dims + last].rank;
  call.attr = &s.attr;
  call.first_example = static_cast<long>(examples.begin);
  call.scratch = static_cast<T*>(space.kernel_scratch.data());
  call.communicator = communicator;
  if constexpr (std::is_same_v<T, float>)
    s.kernel_float(call);
  else
    s.kernel_double(call);
}

/// One of so many parts of the numbers of the sum, from those of all shares in their order.
template <class T>
void Executor<T>::sum_chain(const Chain& chain, int part, int parts, int shares) {
  const ir::Step& s = plan_.steps[tasks_[at(chain.last)].index];
  T* const out = static_cast<T*>(args_[at(s.first_operand + s.operands - 1)].pointer);
  const Share mine = line_share_of(chain.sum, part, parts);
  for (std::int64_t i = mine.begin; i < mine.end; ++i) {
    double sum = 0;
    for (int t = 0; t < shares; ++t)
      sum += static_cast<const double*>(spaces_[at(t)].sums.data())[i];
    out[i] = static_cast<T>(sum);
  }
}

template void Executor<float>::find_chains();
template void Executor<double>::find_chains();
template void Executor<float>::get_chain_memory();
template void Executor<double>::get_chain_memory();
template void Executor<float>::sum_chain(const Chain&, int, int, int);
template void Executor<double>::sum_chain(const Chain&, int, int, int);
template void Executor<float>::run_chain<false>(const Chain&, const ir::RandomKey&, int);
template void Executor<float>::run_chain<true>(const Chain&, const ir::RandomKey&, int);
template void Executor<double>::run_chain<false>(const Chain&, const ir::RandomKey&, int);
template void Executor<double>::run_chain<true>(const Chain&, const ir::RandomKey&, int);

}  // namespace ansatz::running
