#include "executor.hpp"
#include "../one_blas_thread.hpp"

#include <omp.h>

#include <algorithm>
#include <cmath>

#include <dsl/exceptions.hpp>
#include <dsl/kernels/gemm.hpp>
#include <dsl/kernels/interpret.hpp>
#include <dsl/kernels/reduce.hpp>
#include <dsl/nearest_name.hpp>
#include <dsl/ops/control/all_reduce.hpp>

#include "../text.hpp"
#include "threads.hpp"

namespace ansatz::running {

using ir::DType;
using ir::LoopArg;
using ir::Monoid;
using ir::RootKind;
using ir::Split;
using ir::StepKind;
using ir::Where;

namespace {

constexpr int max_depth = 16;  // of repeats in repeats

/// Operations of a call that are worth two threads: at 60 microseconds of work they save two fifths
/// (benchmarks/README.md, a100); waking and waiting for one another costs some 5.
constexpr double least_work_for_threads = 1e6;

std::size_t at(int i) { return static_cast<std::size_t>(i); }

std::int64_t rounded_up(std::int64_t n, std::int64_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

}  // namespace

Share line_share_of(std::int64_t elements, int share, int shares) {
  constexpr std::int64_t line = 16;
  const Share lines = share_of((elements + line - 1) / line, share, shares);
  return {std::min(lines.begin * line, elements), std::min(lines.end * line, elements)};
}

// ---------------------------------------------------------------------------- construction

template <class T>
Executor<T>::Executor(const ir::PlanView& plan, const ir::LoopFn* loops, PlanOwner owner)
    : plan_(plan), owner_(owner) {
  verify_plan();
  leaves_.resize(at(plan_.leaves.size));
  for (int i = 0; i < plan_.leaves.size; ++i) {
    const ir::Leaf& leaf = plan_.leaves[i];
    LeafState& state = leaves_[at(i)];
    state.name = plan_.text.data + leaf.name;
    if (leaf.where == Where::scalar && !std::isnan(leaf.initial)) {
      assign_scalar(state, leaf.initial);
    } else if (leaf.where == Where::input) {
      inputs_.push_back(i);
    } else if (leaf.where == Where::stored && leaf.shape.batched()) {
      stored_extents_.emplace_back(i, extent_index(leaf.shape[0]));
    }
  }
  const auto extents = at(plan_.extents.size);
  extents_.resize(extents);
  pending_extents_.resize(extents);
  capacity_.resize(extents);
  extent_source_.resize(extents);
  extent_given_.resize(extents);
  arenas_.resize(extents + 1);

  literals_.resize(at(plan_.buffers.size));
  base_.resize(at(plan_.buffers.size));
  for (int b = 0; b < plan_.buffers.size; ++b) {
    const ir::Buffer& buffer = plan_.buffers[b];
    if (buffer.where == Where::input) input_buffers_.push_back(b);
    set_cell(literals_[at(b)], buffer.type, buffer.value);
    if (buffer.where == Where::constant) add_constant(b);
  }
  args_.resize(at(plan_.operands.size));
  for (int i = 0; i < plan_.operands.size; ++i) {
    const int b = plan_.operands[i].buffer;
    if (b >= 0 && plan_.buffers[b].where == Where::input) input_operands_.push_back(i);
  }
  result_dims_.resize(at(plan_.results.size));
  kernel_dims_ = std::make_unique<long[][ir::max_rank]>(at(plan_.dims.size));
  kernel_ranks_.resize(at(plan_.dims.size));

  for (int l = 0; loops && l < plan_.loops.size; ++l) compiled_loops_ += loops[l] != nullptr;
  for (int i = 0; i < plan_.steps.size; ++i) {
    const ir::Step& step_ = plan_.steps[i];
    Task task{.kind = step_.kind, .split = step_.split, .barrier = step_.barrier};
    task.index = i;
    task.jump = step_.jump;
    task.first_operand = step_.first_operand;
    if (step_.kind == StepKind::repeat_begin) task.repeat = repeats_++;
    task.transpose_a = step_.transpose_a;
    task.transpose_b = step_.transpose_b;
    if (step_.kind == StepKind::loop) {
      const ir::Loop& loop = plan_.loops[step_.loop];
      const ir::LoopFn compiled = loops ? loops[step_.loop] : nullptr;
      task.loop = compiled ? compiled : &kernels::interpret_loop<T>;
      for (int k = 0; k < step_.operands; ++k)
        task.own_args |= plan_.operands[step_.first_operand + k].buffer == ir::scratch_buffer;
      task.call.code = plan_.code.data;
      task.call.roots = plan_.roots.data;
      task.call.loop = &loop;
      if (loop.roots > static_cast<int>(no_partials_.size())) no_partials_.resize(at(loop.roots));
    }
    may_throw_ |= step_.may_throw;
    const auto writes = [&](int operand) {
      const int b = plan_.operands[step_.first_operand + operand].buffer;
      if (b >= 0 && plan_.buffers[b].where == Where::stored &&
          std::find(targets_.begin(), targets_.end(), b) == targets_.end())
        targets_.push_back(b);
    };
    if (step_.kind == StepKind::gemm) writes(2);
    sums_over_ranks_ |= step_.kernel_float == &kernels::all_reduce<float>;
    if (step_.kind == StepKind::kernel) writes(step_.operands - 1);
    if (step_.kind == StepKind::loop)
      for (int r = 0; r < plan_.loops[step_.loop].roots; ++r)
        writes(plan_.roots[plan_.loops[step_.loop].first_root + r].arg);
    has_products_ |= step_.kind == StepKind::gemm || step_.kind == StepKind::kernel;
    tasks_.push_back(task);
  }
  find_chains();
  spaces_.resize(1);
  bind(Store());
}

// From the digits in the plan's text.
template <class T>
void Executor<T>::add_constant(int buffer) {
  const std::int64_t n = plan_.buffers[buffer].size.n;
  constants_.resize(at(plan_.buffers.size));
  constants_[at(buffer)].grow(static_cast<std::size_t>(n) * sizeof(T));
  T* to = static_cast<T*>(constants_[at(buffer)].data());
  const char* digit = plan_.text.data + plan_.buffers[buffer].slot;
  for (std::int64_t i = 0; i < n; ++i) {
    std::uint64_t bits = 0;
    for (int k = 0; k < 16; ++k, ++digit)
      bits =
          bits << 4 | static_cast<std::uint64_t>(*digit <= '9' ? *digit - '0' : *digit - 'a' + 10);
    to[i] = static_cast<T>(__builtin_bit_cast(double, bits));
  }
}

template <class T>
Executor<T>::~Executor() {
  if (owner_.destroy) owner_.destroy(owner_.object);
}

template <class T>
void Executor<T>::verify_plan() const {
  const auto require = [](bool good, const std::string& what) {
    if (!good) throw Error("the plan is not well formed: " + what);
  };
  require(plan_.arena.size == plan_.extents.size + 1,
          "one arena for each extent and a constant one");
  for (const ir::Leaf& leaf : plan_.leaves) {
    const std::string name = in_quotes(plan_.text.data + leaf.name);
    for (int i = 0; i < leaf.shape.rank; ++i) {
      const int dim = leaf.shape[i];
      require(dim != any, "a dimension of " + name + " is not known");
      require(!ir::is_extent(dim) || extent_index(dim) >= 0,
              "an extent of " + name + " is unknown");
      require(!ir::is_extent(dim) || i == 0 || leaf.where == Where::input,
              "only the first dimension of " + name + " can be known at run time");
    }
    require(leaf.where != Where::stored || leaf.type == DType::real, name + " stores labels");
  }
  int depth = 0;
  for (const ir::Step& s : plan_.steps) {
    if (s.kind == StepKind::repeat_begin) ++depth;
    if (s.kind == StepKind::repeat_end) --depth;
    require(depth >= 0 && depth <= max_depth, "repeats in repeats");
    const bool has_code =
        std::is_same_v<T, float> ? s.kernel_float != nullptr : s.kernel_double != nullptr;
    require(s.kind != StepKind::kernel || has_code,
            "op " + in_quotes(s.label) + " has no code for " + type_name(element_type_of<T>()));
  }
  require(depth == 0, "a repeat without its end");
}

template <class T>
Executor<T>::Turn::Turn(Executor& executor) : busy_(executor.busy_) {
  if (busy_.exchange(true, std::memory_order_acquire))
    throw Error(
        "the program is in the middle of another call; it serves one at a time: build one for "
        "each thread");
}

template <class T>
void Executor<T>::bind(const Store& store) {
  const Turn turn(*this);
  Store target = store;
  for (const bool add : {false, true}) {
    for (int i = 0; i < plan_.leaves.size; ++i) {
      const ir::Leaf& leaf = plan_.leaves[i];
      if (leaf.where != Where::stored) continue;
      const std::string_view name = leaves_[at(i)].name;
      const bool growing = leaf.shape.batched();
      Dims dims;
      for (int k = 0; k < leaf.shape.rank; ++k)
        dims.push_back(ir::is_extent(leaf.shape[k]) ? 0 : leaf.shape[k]);
      if (!target.contains(name)) {
        if (add && growing)
          target.add_resizable<T>(name, dims);
        else if (add)
          target.add<T>(name, dims, leaf.state ? StoreKind::state : StoreKind::parameter);
        continue;
      }
      const Dims& found = target.shape(name);
      if (growing && found.rank > 0) dims[0] = found[0];
      if (found != dims)
        throw ShapeError("tensor " + in_quotes(name) + " of the store has the shape " +
                         shape_text(found) + "; the program needs " +
                         shape_text(leaf.shape, &plan_));
      if (target.type(name) != element_type_of<T>())
        throw ValueError("tensor " + in_quotes(name) + " of the store holds " +
                         type_name(target.type(name)) + "; the program needs " +
                         type_name(element_type_of<T>()));
    }
  }
  store_ = target;
  resolved_ = false;
}

template <class T>
auto Executor<T>::find_scalar(std::string_view name) -> LeafState& {
  std::vector<std::string_view> known;
  for (const bool found : {true, false})
    for (int i = 0; i < plan_.leaves.size; ++i) {
      if (plan_.leaves[i].where != Where::scalar) continue;
      if (found && leaves_[at(i)].name == name) return leaves_[at(i)];
      if (!found) known.push_back(leaves_[at(i)].name);
    }
  throw NameError("unknown scalar " + in_quotes(name) + allowed_names(name, known));
}

template <class T>
void Executor<T>::set_threads(int count) {
  if (count < 1 || count > 1024)
    throw ValueError(std::to_string(count) + " threads; allowed: 1 .. 1024");
  const Turn turn(*this);
  threads_ = count;
  most_at_once_ = std::min(count, usable_processors());
  spaces_.resize(at(count));
  resolved_ = false;
}

template <class T>
Result<T> Executor<T>::result(int index) const {
  if (index < 0 || index >= plan_.results.size)
    throw NameError("the program has " + std::to_string(plan_.results.size) +
                    " results; found number " + std::to_string(index));
  const ir::Result& r = plan_.results[index];
  const std::string_view name = plan_.text.data + r.name;
  if (!resolved_)
    throw Error("result " + in_quotes(name) + " is not there; call the program first");
  return {name, base_[at(r.buffer)], &result_dims_[at(index)], r.type == DType::index};
}

template <class T>
int Executor<T>::find_result(std::string_view name) const {
  for (int i = 0; i < plan_.results.size; ++i)
    if (plan_.text.data + plan_.results[i].name == name) return i;
  std::vector<std::string_view> known;
  for (const ir::Result& r : plan_.results) known.push_back(plan_.text.data + r.name);
  throw NameError("unknown result " + in_quotes(name) + allowed_names(name, known));
}

// ---------------------------------------------------------------------------- running

template <class T>
double Executor<T>::work() const {
  double flops = 0, times[max_depth + 1] = {1};
  int depth = 0;
  for (const Task& task : tasks_) {
    if (task.kind == StepKind::repeat_begin) {
      times[depth + 1] = times[depth] * static_cast<double>(repetitions(task));
      ++depth;
    } else if (task.kind == StepKind::repeat_end) {
      --depth;
    }
    flops += task.flops * times[depth];
  }
  return flops;
}

template <class T>
void Executor<T>::run() {
  if (!may_throw_ && !check) {
    run_steps();
  } else {
    save_targets();
    try {
      run_steps();
    } catch (...) {
      restore_targets();
      throw;
    }
  }
  ++step;
}

template <class T>
void Executor<T>::run_steps() {
  timer_ = StepTimer::current();
  if (timer_) timer_->call(plan_);
  if (check) (this->*check->begin)();
  if (threads_ == 1 || check || work() < least_work_for_threads) {
    if (has_products_) require_blas_memory(1);
    const OneBlasThread one(has_products_);
    walk<false>(0, 1);
  } else {
    if (has_products_) require_blas_memory(threads_);
#pragma omp parallel num_threads(team_of(most_at_once_)) default(shared)
    {
      // Where OpenMP gives one thread only, OpenBLAS asks for this number, and would wait for them.
      omp_set_num_threads(1);
      walk<true>(omp_get_thread_num(), omp_get_num_threads());
    }
    if (failed_) rethrow_failure();
  }
}

/// That of the first step that failed, and of its first examples, whichever thread was faster.
template <class T>
void Executor<T>::rethrow_failure() {
  failed_ = false;
  std::exception_ptr first;
  int task = 0;
  for (Space& space : spaces_) {
    std::exception_ptr failure = std::exchange(space.failure, nullptr);
    if (failure && (!first || space.failed_task < task)) first = failure, task = space.failed_task;
  }
  std::rethrow_exception(first);
}

template <class T>
void Executor<T>::save_targets() {
  std::int64_t size = 0;
  for (int b : targets_) size += rounded_up(count(plan_.buffers[b].size), 16);
  saved_.grow(static_cast<std::size_t>(size) * sizeof(T));
  T* to = static_cast<T*>(saved_.data());
  for (int b : targets_) {
    const std::int64_t n = count(plan_.buffers[b].size);
    std::copy_n(static_cast<const T*>(base_[at(b)]), n, to);
    to += rounded_up(n, 16);
  }
}

template <class T>
void Executor<T>::restore_targets() {
  const T* from = static_cast<const T*>(saved_.data());
  for (int b : targets_) {
    const std::int64_t n = count(plan_.buffers[b].size);
    std::copy_n(from, n, static_cast<T*>(base_[at(b)]));
    from += rounded_up(n, 16);
  }
}

template <class T>
std::int64_t Executor<T>::repetitions(const Task& task) const {
  const int buffer = plan_.operands[task.first_operand].buffer;
  const void* p = args_[at(task.first_operand)].pointer;
  if (plan_.buffers[buffer].type == DType::index)
    return std::max(0, *static_cast<const std::int32_t*>(p));
  const T n = *static_cast<const T*>(p);
  if (!(n >= 1)) return 0;
  return static_cast<std::int64_t>(std::min(static_cast<double>(n), 0x1p32 - 1));
}

/// The work is divided into threads_ shares, whatever number of threads OpenMP gives: one of a
/// smaller team does every team-th share, so that the bits are those of the number that was asked
/// for.
template <class T>
template <bool parallel>
void Executor<T>::walk(int thread, int team) {
  const int shares = parallel ? threads_ : 1;
  struct Repeat {
    int begin;
    std::int64_t left;
    std::uint32_t iteration;
  } repeats[max_depth];
  int depth = 0;
  // Iterations of a repeat in a repeat are numbered through, so that each draws its own.
  std::vector<std::uint32_t>& iterations = spaces_[at(thread)].iterations;
  std::fill(iterations.begin(), iterations.end(), 0);
  ir::RandomKey random{seed, step, 0};
  StepTimer* const timer = thread == 0 ? timer_ : nullptr;

  for (int i = 0; i < static_cast<int>(tasks_.size()); ++i) {
    Task& task = tasks_[at(i)];
    const StepTimer::Clock::time_point begin =
        timer ? StepTimer::Clock::now() : StepTimer::Clock::time_point();
    const bool in_chain = task.chain >= 0 && !check;
    // A sum in a chain does not wait for all examples; what was before the chain it may read.
    const bool sums = in_chain && chains_[at(task.chain)].sums;
    if (parallel && (task.barrier || sums)) barrier_.wait(team);
    if (in_chain) {
      const Chain& chain = chains_[at(task.chain)];
      for (int share = thread; share < shares; share += team)
        run_chain<parallel>(chain, random, share);
      if (parallel && sums) barrier_.wait(team);
      // As the plan knows it: what the first thread alone writes, it reads without a barrier.
      const int adders = tasks_[at(chain.last)].split == Split::none ? 1 : shares;
      for (int share = thread; sums && share < adders; share += team)
        sum_chain(chain, share, adders, shares);
      if (timer) {
        double flops = 0;
        for (int k = i; k <= chain.last; ++k) flops += tasks_[at(k)].flops;
        timer->step(task.index, tasks_[at(chain.last)].index, begin, flops);
      }
      i = chain.last;
      continue;
    }
    if (!parallel && check) (this->*check->before)(task);
    switch (task.kind) {
      case StepKind::loop:
        for (int share = thread; share < shares; share += team)
          run_loop<parallel>(task, random, share);
        if (parallel && divided(task) && task.first_partial >= 0) {
          barrier_.wait(team);
          for (int share = thread; share < shares; share += team) combine(task, share);
        }
        break;
      case StepKind::gemm:
        if (parallel && task.split == Split::rows) {
          for (int share = thread; share < shares; share += team) {
            const Share units = share_of(task.units, share, shares);
            run_gemm(task, {units.begin * task.rows_per_unit, units.end * task.rows_per_unit});
          }
        } else if (thread == 0) {
          run_gemm(task, {0, task.units * task.rows_per_unit});
        }
        break;
      case StepKind::kernel:
        for (int share = thread; share < shares; share += team) {
          const bool split = parallel && task.split != Split::none;
          const Share units = split ? share_of(task.units, share, shares) : Share{0, task.units};
          if (!split ? share != 0 : units.empty() && (task.units > 0 || share != 0)) continue;
          if constexpr (parallel) {
            // The others must not wait for ever for a thread that has left.
            try {
              run_kernel(task, units, share);
            } catch (...) {
              Space& space = spaces_[at(share)];
              if (!space.failure) {
                space.failure = std::current_exception();
                space.failed_task = i;
              }
              failed_ = true;
            }
          } else {
            run_kernel(task, units, share);
          }
        }
        break;
      case StepKind::repeat_begin: {
        const std::int64_t count = repetitions(task);
        if (count == 0) {
          i = task.jump;
          break;
        }
        random.iteration = iterations[at(task.repeat)]++;
        repeats[depth++] = {i, count, random.iteration};
        break;
      }
      case StepKind::repeat_end: {
        Repeat& repeat = repeats[depth - 1];
        if (--repeat.left > 0) {
          i = repeat.begin;
          random.iteration = repeat.iteration = iterations[at(tasks_[at(i)].repeat)]++;
          if (parallel) barrier_.wait(team);
        } else {
          random.iteration = --depth > 0 ? repeats[depth - 1].iteration : 0;
        }
        break;
      }
    }
    if (!parallel && check) (this->*check->after)(task);
    if (timer && task.kind != StepKind::repeat_begin && task.kind != StepKind::repeat_end)
      timer->step(task.index, task.index, begin, task.flops);
  }
}

/// What of a loop is in a share: rows or columns, those of a batch in whole examples.
template <class T>
Share Executor<T>::loop_share(const Task& task, int share, int shares) {
  return task.by_line ? line_share_of(task.units, share, shares)
                      : share_of(task.units, share, shares);
}

template <class T>
template <bool parallel>
void Executor<T>::run_loop(Task& task, const ir::RandomKey& random, int share) {
  if constexpr (!parallel) {
    task.call.random = random;
    task.loop(task.call);
  } else {
    if (!divided(task) && share != 0) return;
    ir::LoopCall call = task.call;
    call.random = random;
    Space& space = spaces_[at(share)];
    call.scratch = space.scratch.data();
    if (task.own_args && share > 0) call.args = &space.args[at(task.first_operand)];
    if (divided(task)) {
      const Share units = loop_share(task, share, threads_);
      if (task.split == Split::rows) {
        call.row_begin = units.begin * task.rows_per_unit;
        call.row_end = units.end * task.rows_per_unit;
      } else {
        call.column_begin = units.begin * task.rows_per_unit;
        call.column_end = units.end * task.rows_per_unit;
      }
      if (task.first_partial >= 0) call.partial = &space.partial[at(task.first_partial)];
      if (units.empty()) return;
    }
    task.loop(call);
  }
}

/// Joins what the shares have gathered, in their order; of a reduction over rows each share
/// joins some of the columns.
template <class T>
void Executor<T>::combine(const Task& task, int share) {
  const ir::LoopCall& call = task.call;
  const auto took_part = [&](int t) { return !loop_share(task, t, threads_).empty(); };
  for (int r = 0; r < call.loop->roots; ++r) {
    const ir::Root& root = call.roots[call.loop->first_root + r];
    const auto monoid = static_cast<Monoid>(root.variant);
    const auto part = [&](int t) { return spaces_[at(t)].partial[at(task.first_partial + r)]; };
    if (!part(0)) continue;
    const LoopArg& operand = call.args[root.arg];
    if (root.kind == RootKind::reduce_rows) {
      const Share columns = line_share_of(call.inner, share, threads_);
      T* all = nullptr;
      for (int t = 0; t < threads_; ++t) {
        if (!took_part(t)) continue;
        T* next = static_cast<T*>(part(t));
        if (all)
          kernels::join_rows(monoid, all, next, call.inner, columns.begin, columns.end);
        else
          all = next;
      }
      kernels::store_rows(root, all, operand, columns.begin, columns.end);
    } else if (share == 0) {
      kernels::Total<T> all;
      bool first = true;
      for (int t = 0; t < threads_; ++t) {
        if (!took_part(t)) continue;
        const auto next = kernels::load_total<T>(monoid, part(t));
        if (first)
          all = next;
        else
          kernels::join_totals(monoid, all, next);
        first = false;
      }
      kernels::store_total(root, all, operand.pointer, nullptr);
    }
  }
}

/// What a product is added to is taken times beta here where that is 0: BLAS would not look at it,
/// and 0 times NaN is NaN. Of a product that is added to nothing the plan has a literal 0.
template <class T>
T Executor<T>::beta_of(const Task& task, T* c, std::int64_t rows) const {
  const int operand = task.first_operand + 4;
  const T beta = *static_cast<const T*>(args_[at(operand)].pointer);
  const bool literal = plan_.buffers[plan_.operands[operand].buffer].where == Where::literal;
  if (literal || beta != T(0)) return beta;
  for (std::int64_t i = 0; i < rows; ++i, c += task.ldc)
    for (std::int64_t j = 0; j < task.n; ++j) c[j] *= beta;
  return T(1);
}

template <class T>
void Executor<T>::run_gemm(const Task& task, Share rows) const {
  if (task.call.outer_rank > 0) return run_stack(task, rows);
  const LoopArg* args = &args_[at(task.first_operand)];
  const T* a = static_cast<const T*>(args[0].pointer);
  const T* b = static_cast<const T*>(args[1].pointer);
  T* const c = static_cast<T*>(args[2].pointer) + rows.begin * task.ldc;
  const T alpha = *static_cast<const T*>(args[3].pointer);
  const T beta = beta_of(task, c, rows.end - rows.begin);
  gemm(task.transpose_a, task.transpose_b, rows.end - rows.begin, task.n, task.k, alpha,
       a + rows.begin * (task.transpose_a ? 1 : task.lda), task.lda, b, task.ldb, beta, c,
       task.ldc);
}

/// Matrix by matrix; the stack's axes may lie in memory in any order.
template <class T>
void Executor<T>::run_stack(const Task& task, Share matrices) const {
  const LoopArg* args = &args_[at(task.first_operand)];
  const T* const a = static_cast<const T*>(args[0].pointer);
  const T* const b = static_cast<const T*>(args[1].pointer);
  T* const c = static_cast<T*>(args[2].pointer);
  const T alpha = *static_cast<const T*>(args[3].pointer);
  for (std::int64_t i = matrices.begin; i < matrices.end; ++i) {
    std::int64_t place[3] = {}, rest = i;
    for (int d = task.call.outer_rank - 1; d >= 0; --d) {
      const std::int64_t index = rest % task.call.outer[d];
      rest /= task.call.outer[d];
      for (int k = 0; k < 3; ++k) place[k] += index * args[k].stride[2 + d];
    }
    const T beta = beta_of(task, c + place[2], task.m);
    gemm(task.transpose_a, task.transpose_b, task.m, task.n, task.k, alpha, a + place[0], task.lda,
         b + place[1], task.ldb, beta, c + place[2], task.ldc);
  }
}

template <class T>
void Executor<T>::run_kernel(const Task& task, Share share, int number) {
  const ir::Step& s = plan_.steps[task.index];
  Space& space = spaces_[at(number)];
  const int last = s.operands - 1;
  const ir::Shape& out_shape = plan_.dims[s.first_dims + last];
  const bool whole = share.begin == 0 && share.end == task.units;
  const long(*dims)[ir::max_rank] = &kernel_dims_[at(s.first_dims)];
  for (int i = 0; i < s.operands; ++i)
    space.pointers[at(i)] = args_[at(s.first_operand + i)].pointer;
  if (!whole && out_shape.batched()) {
    for (int i = 0; i < s.operands; ++i) {
      const ir::Shape& shape = plan_.dims[s.first_dims + i];
      std::copy(dims[i], dims[i] + ir::max_rank, space.dims[at(i)]);
      if (!shape.batched() || shape[0] != out_shape[0]) continue;
      const DType type = plan_.buffers[plan_.operands[s.first_operand + i].buffer].type;
      std::int64_t row = element_bytes(type, sizeof(T));
      for (int k = 1; k < shape.rank; ++k) row *= dims[i][k];
      space.pointers[at(i)] = static_cast<const char*>(space.pointers[at(i)]) + share.begin * row;
      space.dims[at(i)][0] = static_cast<long>(share.end - share.begin);
    }
    dims = space.dims.get();
  }
  ir::KernelArgs<T> call{};
  call.in = space.pointers.data();
  call.out = const_cast<void*>(space.pointers[at(last)]);
  call.in_dims = dims;
  call.in_rank = &kernel_ranks_[at(s.first_dims)];
  call.out_dims = dims[last];
  call.out_rank = out_shape.rank;
  call.attr = &s.attr;
  if (task.split == Split::columns) {
    call.part_begin = static_cast<long>(share.begin);
    call.part_end = static_cast<long>(share.end);
  }
  call.first_example = static_cast<long>(share.begin);
  call.scratch = static_cast<T*>(space.kernel_scratch.data());
  call.communicator = communicator;
  if constexpr (std::is_same_v<T, float>)
    s.kernel_float(call);
  else
    s.kernel_double(call);
}

template class Executor<float>;
template class Executor<double>;

}  // namespace ansatz::running
