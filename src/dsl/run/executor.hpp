// Runs a plan. Offsets and sizes are resolved to pointers and numbers when an extent or a bound
// pointer changes; a call with the same sizes only patches the pointers of its inputs.
#pragma once

#include <atomic>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <dsl/exceptions.hpp>
#include <dsl/program.hpp>

#include "barrier.hpp"
#include "block.hpp"
#include "step_timer.hpp"

namespace ansatz::running {

/// One of `shares` nearly equal parts of 0 .. units - 1. All steps divide alike, so that a thread
/// finds in its cache the rows it wrote, and the plan needs no barrier between them.
struct Share {
  std::int64_t begin, end;
  bool empty() const { return begin == end; }
};
inline Share share_of(std::int64_t units, int share, int shares) {
  return {units * share / shares, units * (share + 1) / shares};
}
/// The same for single elements: in whole cache lines, so that no two threads write to one.
Share line_share_of(std::int64_t elements, int share, int shares);

/// Bytes of an element: `real` of a number, 4 of a label.
inline std::int64_t element_bytes(ir::DType type, std::size_t real) {
  return type == ir::DType::index ? 4 : static_cast<std::int64_t>(real);
}

template <class T>
class Executor {
 public:
  Executor(const ir::PlanView& plan, const ir::LoopFn* loops, PlanOwner owner);
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  ~Executor();

  /// Held by who calls or changes the program; refused while another thread, or a kernel of the
  /// same call, holds it.
  class Turn {
   public:
    explicit Turn(Executor& executor);
    ~Turn() { busy_.store(false, std::memory_order_release); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    std::atomic<bool>& busy_;
  };

  void bind(const Store& store);
  void call(const Argument* arguments, int count);

  const Store& store() const { return store_; }
  const ir::PlanView& plan() const { return plan_; }
  void set_scalar(std::string_view name, double value) {
    const Turn turn(*this);
    assign_scalar(find_scalar(name), value);
  }
  double scalar(std::string_view name) { return find_scalar(name).number; }
  void set_threads(int count);
  int threads() const { return threads_; }
  int compiled_loops() const { return compiled_loops_; }

  int results() const { return plan_.results.size; }
  Result<T> result(int index) const;
  int find_result(std::string_view name) const;

  std::uint64_t seed = 0;
  std::uint64_t step = 0;
  Communicator* communicator = nullptr;
  struct CheckMode;
  static const CheckMode check_mode;
  const CheckMode* check = nullptr;  ///< null: off

 private:
  /// One element of T, or one label.
  union Cell {
    T real;
    std::int32_t label;
  };

  struct LeafState {
    std::string_view name;
    std::uint64_t given = 0;        // the call that gave it last
    const void* data = nullptr;     // input: the array to read
    const void* pending = nullptr;  // input: that of a call whose arguments are being checked
    double number = 0;              // scalar: its value before rounding
    double pending_number = 0;
    bool known = false;        // scalar: has a value
    double number_before = 0;  // scalar: until a call has succeeded
    bool known_before = false;
    Cell cell{};                       // scalar, or an input of rank 0 given as a number
    std::vector<std::int32_t> labels;  // labels of another integer type, converted
  };

  /// An argument of the last call, as far as a call that repeats it need not look at it again.
  struct Seen {
    int leaf = -1;
    bool is_number = false;
    ElementType type{};
    Dims dims;
  };

  /// A step, resolved. Pointers of operands are in args_.
  struct Task {
    ir::StepKind kind;
    ir::Split split;
    bool barrier;
    bool own_args = false;  // operands in the scratch of the thread
    int index = 0;          // of the step
    int jump = -1;
    int repeat = -1;  // of the begin of one: which
    int first_operand = 0;
    ir::LoopFn loop = nullptr;
    ir::LoopCall call{};
    std::int64_t units = 0;          // what is divided among threads
    std::int64_t rows_per_unit = 1;  // or columns
    bool by_line = false;            // the units are single columns
    int first_partial = -1;          // reductions gathered by thread: a root each
    bool transpose_a = false, transpose_b = false;
    std::int64_t m = 0, n = 0, k = 0, lda = 0, ldb = 0, ldc = 0;
    double flops = 0;
    int chain = -1;  // of the first step of one
  };

  /// Steps that are done a few examples at a time, one after the other, so that what one writes
  /// lies in the cache when the next reads it: loops and kernels between which the plan has no
  /// barrier, so that they touch nothing of other examples. See chains.cpp.
  struct Chain {
    int first = 0, last = 0;          // tasks
    int extent = -1;                  // the examples
    std::int64_t examples = 0;        // at a time
    bool sums = false;                // the last is a sum over the examples
    std::int64_t sum = 0;             // its numbers
    std::vector<int> inner;           // buffers nobody else reads: memory for these examples alone
    std::vector<std::int64_t> place;  // theirs, in elements an example
    std::int64_t size = 0;            // of all of them
  };

  /// Memory of one share of the work.
  struct Space {
    Block scratch;  // rows spilled by loops
    Block kernel_scratch;
    Block partials;
    Block inner;       // of chains: buffers of a few examples
    Block part, sums;  // of chains: a sum over a few examples, and that over all, in double
    std::vector<std::uint32_t> iterations;       // of each repeat in a call
    std::vector<ir::LoopArg> args;               // a copy of args_ with this scratch
    std::vector<void*> partial;                  // a root each
    std::vector<const void*> pointers;           // operands of a kernel
    std::unique_ptr<long[][ir::max_rank]> dims;  // theirs, of a share of the batch
    std::exception_ptr failure;                  // the first of a call
    int failed_task = 0;
  };

  void assign_scalar(LeafState& leaf, double value) {
    leaf.number = value;
    leaf.known = true;
    set_cell(leaf.cell, plan_.leaves[static_cast<int>(&leaf - leaves_.data())].type, value);
  }
  static void set_cell(Cell& cell, ir::DType type, double value) {
    if (type == ir::DType::index)
      cell.label = static_cast<std::int32_t>(value);
    else
      cell.real = static_cast<T>(value);
  }
  LeafState& find_scalar(std::string_view name);

  // arguments.cpp
  void take_arguments(bool repeated, const Argument* arguments, int count);
  void restore_scalars();
  bool repeats(const Argument* arguments, int count);
  void check_arguments(const Argument* arguments, int count);
  void remember(const Argument* arguments, int count);
  int find_leaf(const Argument& argument, int position);
  void take(const Argument& argument, int position);
  void take_extent(int extent, const Argument& argument);
  void take_input(int leaf, const Argument& argument);
  void take_labels(int leaf, const ArrayView& array);
  template <class I>
  void convert_labels(int leaf, const I* values, std::int64_t count);
  void agree(int extent, std::int64_t size, int source);
  void require_everything() const;
  void agree_with_state();
  std::vector<std::string_view> argument_names() const;
  std::string source_text(int source, int extent) const;
  const char* extent_name(int extent) const { return plan_.text.data + plan_.extent_names[extent]; }
  int extent_index(int code) const;
  std::int64_t count(ir::Count c) const {
    return c.extent ? c.n * extents_[static_cast<std::size_t>(c.extent - 1)] : c.n;
  }
  Dims dims_of(const ir::Shape& shape) const;

  // executor.cpp
  void run();
  void run_steps();
  void rethrow_failure();
  void save_targets();
  void restore_targets();
  void add_constant(int buffer);
  void verify_plan() const;
  void resolve();
  void resolve_memory();
  void get_memory();
  void resolve_task(Task& task);
  void resolve_partials();
  void patch_inputs();
  double work() const;
  template <bool parallel>
  void walk(int thread, int team);
  static bool divided(const Task& task) { return task.split != ir::Split::none && task.units > 0; }
  static Share loop_share(const Task& task, int share, int shares);
  template <bool parallel>
  void run_loop(Task& task, const ir::RandomKey& random, int share);
  void combine(const Task& task, int share);
  void run_gemm(const Task& task, Share rows) const;
  T beta_of(const Task& task, T* c, std::int64_t rows) const;
  void run_stack(const Task& task, Share matrices) const;
  void run_kernel(const Task& task, Share share, int number);
  std::int64_t repetitions(const Task& task) const;

  // chains.cpp
  void find_chains();
  bool may_stand_in_chain(const ir::Step& s, int extent) const;
  bool sums_examples(const ir::Step& s, int extent) const;
  int extent_of(const ir::Step& s) const;
  void add_chain(int first, int last);
  void get_chain_memory();
  template <bool parallel>
  void run_chain(const Chain& chain, const ir::RandomKey& random, int share);
  void run_link(const Chain& chain, const Task& task, Share examples, Space& space);
  void sum_chain(const Chain& chain, int part, int parts, int shares);

  // check.cpp
  using Sizes = std::int64_t[ir::outer_axes + 1];
  void note_bad_values();
  void check_before(const Task& task);
  void check_after(const Task& task);
  void check_root(const Task& task, int root);
  void swap_kept();
  [[noreturn]] void report(const Task& task, int buffer, const T* bad, const std::string& what,
                           const std::string& place) const;
  std::string written_name(int buffer) const;

  ir::PlanView plan_;
  PlanOwner owner_;
  Store store_;
  std::uint64_t store_version_ = 0;
  std::vector<LeafState> leaves_;
  std::vector<int> guess_;  // the leaf that came at this position last time
  std::vector<Seen> seen_;  // the arguments of the last call; none when they may not be repeated
  std::uint64_t calls_ = 0;
  std::vector<std::int64_t> extents_, pending_extents_, capacity_;
  std::vector<int> extent_source_;  // the leaf a pending extent came from
  std::vector<std::uint64_t> extent_given_;
  std::vector<std::pair<int, int>> stored_extents_;  // leaf, extent of its first dimension
  std::vector<int> inputs_;                          // leaves
  bool resolved_ = false;

  std::vector<Block> arenas_;      // [0] constant, [1 + e] per unit of extent e
  std::vector<Cell> literals_;     // of each buffer that is one, or the size of an extent
  std::vector<Block> constants_;   // of each buffer that is one, if there is any
  std::vector<void*> base_;        // of each buffer
  std::vector<ir::LoopArg> args_;  // of each operand
  std::vector<int> input_buffers_, input_operands_;
  std::vector<Dims> result_dims_;
  std::vector<Task> tasks_;
  std::vector<Chain> chains_;
  std::vector<Space> spaces_;  // of each share
  int threads_ = 1;            // and shares of the work
  int most_at_once_ = 1;       // of the threads, with the processors there are
  int compiled_loops_ = 0;
  int repeats_ = 0;
  std::vector<std::int64_t> partial_bytes_;  // of each thread's partials; 0: the root needs none
  std::vector<void*> no_partials_;           // nulls: reductions go to their operands
  std::unique_ptr<long[][ir::max_rank]> kernel_dims_;  // of plan_.dims, resolved
  std::vector<int> kernel_ranks_;
  bool sums_over_ranks_ = false;
  bool has_products_ = false;
  StepTimer* timer_ = nullptr;  // of the thread that calls
  std::atomic<bool> busy_{false};
  Barrier barrier_;
  std::atomic<bool> failed_{false};      // a kernel on some thread
  bool may_throw_ = false;               // some step, for some values
  std::vector<int> targets_;             // buffers of the store that some step writes to
  Block saved_;                          // what they held before the call
  std::vector<std::string> bad_before_;  // check mode
  std::vector<std::pair<void*, std::vector<char>>> kept_;  // check mode: memory before a step
};

/// What check mode does; by pointers, so that only programs that ask for it hold its code.
template <class T>
struct Executor<T>::CheckMode {
  void (Executor::*begin)();
  void (Executor::*before)(const Task& task);
  void (Executor::*after)(const Task& task);
};

/// The executor of a program; Error if it was moved to another.
template <class T>
Executor<T>& alive(Executor<T>* executor) {
  if (!executor) throw Error("the program was moved to another object: call that");
  return *executor;
}

}  // namespace ansatz::running
