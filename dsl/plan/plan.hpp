// The result of the compiler: a table of steps over a table of buffers.
//
// A plan made in a constant expression and one made at run time have the same structs; the
// executor sees either through a PlanView. Sizes and offsets are a constant times at most one
// run-time extent, so that a batch of another size needs no new plan.
#pragma once

#include <dsl/ir/list.hpp>
#include <dsl/ir/op_info.hpp>

namespace ansatz::ir {

/// n, or n times a run-time extent: `extent` is 0, or one more than an index into Plan::extents. No
/// initializers of members: in arrays of it, g++ would write out each element in each evaluation.
struct Count {
  std::int64_t n;
  int extent;
  constexpr bool operator==(const Count&) const = default;
};

enum class Where : std::uint8_t {
  input,    // the caller's array, read only
  stored,   // a parameter or state in the Store
  scalar,   // a named run-time scalar, one element
  literal,  // a constant of the program, one element, rounded to its precision
  arena,    // memory of the program
  extent,   // the size of run-time extent `slot`, one element, as a number
  constant  // an array of the program; `slot` is where its numbers stand in Plan::text
};

struct Buffer {
  Where where = Where::arena;
  DType type = DType::real;
  int slot = 0;       ///< index into Plan::leaves (input, stored, scalar), or -1
  double value = 0;   ///< of a literal
  Count size = {};    ///< elements
  Count offset = {};  ///< arena: elements from the start of the arena of that extent
};

/// A named thing the outside provides or reads: input, parameter, state, scalar.
struct Leaf {
  Where where = Where::input;
  DType type = DType::real;
  Shape shape;          ///< extents as codes
  int labels = 0;       ///< of an index input: values are 0 .. labels - 1; 0: any
  int name = 0;         ///< offset into Plan::text
  bool state = false;   ///< kept, but not a parameter
  bool unused = false;  ///< an input or scalar that no step reads: it may be given
  double initial = 0;   ///< of a scalar: its default; NaN: must be given
};

/// A loop has this many dimensions outside the inner one: as many as a value has, less one.
inline constexpr int outer_axes = max_rank - 1;
inline constexpr int inner_axis = outer_axes;  ///< its place in Operand::stride

/// Where a step's operand lies: element `offset + sum_k index[k] * stride[k]` of a buffer.
/// In a loop the last index is the inner dimension's, inner_axis; buffer is -1 for an
/// iota (the position itself is the value) and for a random site (the position is the counter).
struct Operand {
  int buffer = -1;
  Count offset = {};
  // {}, here and elsewhere: elements that no evaluation writes then cost it nothing, so that eight
  // dimensions cost no more than two. Without it g++ 12 remembers from an evaluation that filled
  // some elements that the others are 0, in all later objects.
  Count stride[outer_axes + 1] = {};
  int site = 0;  ///< of a random operand
};

// ---------------------------------------------------------------------------- fused loops

enum class Code : std::uint8_t {
  uniform,  // one number for the whole loop: operand `arg`, read once
  load,     // operand `arg`
  iota,     // position along operand `arg`'s strides, as a number
  random,   // operand `arg`'s site: uniform in [0, 1) or standard normal, by `variant`
  apply,    // op(in...)
  reduce    // over the columns of a row: monoid `variant` of in[0]; done when its phase ends
};

/// full: a value an element; row: a value a row; uniform: one for the loop.
enum class Level : std::uint8_t { uniform, row, full };

enum class Monoid : std::uint8_t { sum, max, min, argmax, argmin };

enum class Random : std::uint8_t { uniform, normal };

/// How a load walks along the inner dimension.
enum class Walk : std::uint8_t { fixed, contiguous, strided };

/// One instruction of a loop. Instruction i defines value i.
struct Instr {
  Code code = Code::uniform;
  Level level = Level::uniform;
  Walk walk = Walk::fixed;
  DType type = DType::real;  ///< of a load: int32 labels are converted to numbers
  std::uint8_t phase = 0;    ///< the pass over the row in which it is computed (see Loop)
  std::uint8_t variant = 0;  ///< Monoid of a reduce, Random of a random
  std::int16_t arg = -1;
  std::int16_t in[3] = {-1, -1, -1};
  int op_name = -1;            ///< "NAME/VERSION" in Plan::text: what a loop is looked up by
  const OpInfo* op = nullptr;  ///< null in a compiled program, whose loops need no table
  constexpr bool operator==(const Instr&) const = default;
};

enum class RootKind : std::uint8_t {
  store,        // a full value to operand `arg`, or a row or uniform value to one element a row
  reduce_rows,  // a full value, monoid over the rows: one number a column, stride[inner_axis] of
                // `arg`
  reduce_all    // a full or row value over everything: one number
};

struct Root {
  RootKind kind = RootKind::store;
  Walk walk = Walk::contiguous;  ///< of the store along the inner dimension; fixed for row level
  DType type = DType::real;
  std::uint8_t variant = 0;  ///< Monoid
  std::int16_t value = -1;   ///< instruction
  std::int16_t arg = -1;
  constexpr bool operator==(const Root&) const = default;
};

/// A fused loop: rows of columns, each row walked `phases` times, so that a row stays in cache
/// across the passes of a softmax.
///
///   uniform instructions; then for every row (the outer dimensions, row-major):
///     for phase p = 0 .. phases - 1:
///       row instructions of phase p, in order          (they may read reductions of phases < p)
///       for the columns, vector by vector:
///         full instructions of phase p, in order
///         reductions of phase p gather; stores, reduce_rows of full values of phase p
///     row instructions, stores, reduce_all of phase `phases`, the one after the last pass
///
/// A full value of an earlier phase that a later one reads is either computed again (the
/// instruction is repeated in the later phase by the planner) or was stored by a `spill`: a Root
/// to an operand that a later `load` reads back; both are ordinary roots and loads, to memory of
/// one row (outer strides 0) that lies in the per-thread scratch (Operand::buffer == scratch).
///
/// Order of a sum, the same for compiled and interpreted loops and any width of the vector unit
/// it was built for: see kernels/reduce.hpp.
struct Loop {
  int first_instr = 0, instrs = 0;  ///< in Plan::code
  int first_root = 0, roots = 0;    ///< in Plan::roots
  int phases = 1;
  int args = 0;
};

inline constexpr int scratch_buffer = -2;  ///< Operand::buffer of a spill: per-thread scratch

// ---------------------------------------------------------------------------- steps

enum class StepKind : std::uint8_t { loop, gemm, kernel, repeat_begin, repeat_end };

/// How a step's work is divided among threads.
enum class Split : std::uint8_t {
  none,    // the first thread does it
  rows,    // loop: the outer dimensions; gemm: rows of C, or matrices of a stack; kernel: the batch
  columns  // loop with one row: the inner dimension; reduce_all is gathered from all threads;
           // kernel: parts of a result without a batch
};

/// loop:   operands[first .. first+args) of Plan::loops[loop].
/// gemm:   C = alpha * op(A) op(B) + beta * C; operands A, B, C, alpha, beta; stride[0] is the
///         distance of two rows in memory; m, n, k of op(A) [m x k], op(B) [k x n]. Of a stack
///         `outer` are its axes, and stride[2 + d] the distance of two matrices along axis d.
/// kernel: operands in..., out, all contiguous; dims in Plan::dims.
/// repeat_begin: operand 0 is the count (a scalar, rounded down); `jump` is the matching end.
struct Step {
  StepKind kind = StepKind::loop;
  Split split = Split::none;
  bool barrier = false;  ///< all threads must have finished the steps before
  bool transpose_a = false, transpose_b = false;
  bool may_throw = false;  ///< kernel: for some values of its operands
  int loop = -1;
  int first_operand = 0, operands = 0;
  int outer_rank = 0;  ///< used entries of outer
  /// Of a loop the sizes of the outer dimensions, of a product those of the stack; outermost first.
  Count outer[outer_axes] = {};
  Count inner = {};              ///< loop: columns; kernel: parts of its result
  Count m = {}, n = {}, k = {};  ///< gemm
  int jump = -1;
  KernelFn<float> kernel_float = nullptr;
  KernelFn<double> kernel_double = nullptr;
  Attr attr;               ///< kernel
  int first_dims = 0;      ///< kernel: a Shape an operand in Plan::dims, the result last
  Count scratch = {};      ///< kernel: elements
  const char* label = "";  ///< for explain and check mode: name of the op, or "loop", "gemm"
  int output = -1;         ///< node whose value this step completes, for messages
  Count flops = {};        ///< floating-point operations
};

/// A result the caller can read: an output's name, where it lies, and its shape.
struct Result {
  int name = 0;
  int buffer = 0;
  Shape shape;
  DType type = DType::real;
};

/// The tables of a plan while it is being made, and of one made at run time.
struct Plan {
  List<Buffer> buffers;
  List<Leaf> leaves;
  List<Operand> operands;
  List<Instr> code;
  List<Root> roots;
  List<Loop> loops;
  List<Step> steps;
  List<Shape> dims;
  List<Result> results;
  List<int> extents;         ///< codes
  List<int> extent_names;    ///< offsets into text
  List<std::int64_t> arena;  ///< elements of each extent's arena: [0] constant, [1 + e] per unit
  List<char> text;           ///< names, each ending in 0
  std::int64_t scratch = 0;  ///< elements of per-thread scratch for spills
};

/// Either kind of plan, as the executor sees it.
template <class T>
struct PlanTable {
  const T* data = nullptr;
  int size = 0;
  constexpr const T& operator[](int i) const { return data[i]; }
  constexpr const T* begin() const { return data; }
  constexpr const T* end() const { return data + size; }
};

struct PlanView {
  PlanTable<Buffer> buffers;
  PlanTable<Leaf> leaves;
  PlanTable<Operand> operands;
  PlanTable<Instr> code;
  PlanTable<Root> roots;
  PlanTable<Loop> loops;
  PlanTable<Step> steps;
  PlanTable<Shape> dims;
  PlanTable<Result> results;
  PlanTable<int> extents;
  PlanTable<int> extent_names;
  PlanTable<std::int64_t> arena;
  PlanTable<char> text;
  std::int64_t scratch = 0;
};

// ---------------------------------------------------------------------------- running a loop

/// A resolved operand: a pointer (or, for iota and random, a position) and strides in elements.
struct LoopArg {
  union {
    void* pointer;
    std::int64_t position;
  };
  std::int64_t stride[outer_axes + 1];
  int site;
};

/// Keys of the random numbers of one call (Philox 4x32-10; see kernels/philox.hpp).
struct RandomKey {
  std::uint64_t seed = 0;
  std::uint64_t step = 0;
  std::uint32_t iteration = 0;  ///< of an enclosing repeat
};

/// What a loop function gets. With several threads each call gets a share of the rows (or, of a
/// loop with one row, of the columns) and its own `partial` for reduce_rows and reduce_all, which
/// the executor combines in order of the threads; with one thread they go straight to the operand.
struct LoopCall {
  const LoopArg* args;
  const Instr* code;  ///< for the interpreter; compiled loops know theirs
  const Root* roots;
  const Loop* loop;
  int outer_rank;
  std::int64_t outer[outer_axes];
  std::int64_t inner;
  std::int64_t row_begin, row_end;
  std::int64_t column_begin, column_end;
  RandomKey random;
  void* scratch;  ///< of this thread, aligned to 64 bytes
  /// One entry a root, null where results go to the operand. reduce_rows: `inner` elements of T;
  /// reduce_all: one double (sum), or one T and its position (max, min, argmax, argmin).
  void* const* partial;
};
using LoopFn = void (*)(const LoopCall&);

}  // namespace ansatz::ir
