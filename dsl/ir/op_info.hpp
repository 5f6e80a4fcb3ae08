// What the compiler knows of an op. A node of a graph points to one of these constants; an op of
// a user's own has one like any other, so the set of ops is open.
#pragma once

#include <dsl/ir/shape.hpp>

namespace ansatz {
class Communicator;
}

namespace ansatz::ir {

struct Node;
class Graph;
class Value;
struct VjpContext;
struct RefusalNote;

enum class OpKind : std::uint8_t {
  leaf,         // input, parameter, named scalar, literal, iota, random site, size of an extent
  elementwise,  // one number from one number of each operand; fused into loops
  reduce,       // over some axes
  view,         // the same memory, seen otherwise: reshape, transpose, slice, broadcast
  matmul,       // a matrix product, run by BLAS
  composite,    // made of other ops; kept whole until differentiation is done
  kernel,       // a function of the library or of the user, called with whole operands
  control,      // the ends of a loop: see ops/repeat.hpp
  gradient      // the derivative of operand 0 by operand 1, not yet carried out
};

/// What the elements of an operand may be. Fused loops read a label as a number; products and
/// kernels are given memory, which must hold what they read.
enum class Elements : std::uint8_t { numbers, labels, either };

/// Which elements an op takes: of all operands, or of the first, the second and all others. An op
/// that does not say does not compile.
class Takes {
 public:
  Takes() = delete;
  constexpr Takes(Elements all) : Takes(all, all, all) {}
  constexpr Takes(Elements first, Elements second) : Takes(first, second, second) {}
  constexpr Takes(Elements first, Elements second, Elements others)
      : of_{first, second, others},
        all_(first == Elements::either && second == first && others == first) {}
  constexpr bool everything() const { return all_; }
  /// Null when operand `k` may be of this type, else what must hold.
  constexpr const char* fault(int k, DType type) const {
    const Elements e = of_[k < 2 ? k : 2];
    if (type == DType::index && e == Elements::numbers)
      return "operands must be numbers, not labels";
    if (type == DType::real && e == Elements::labels)
      return "the indices must be labels (an IndexSpace)";
    return nullptr;
  }

 private:
  Elements of_[3];
  bool all_;
};

/// Numbers that select a variant of an op (axes, strides, …): part of the node's identity.
struct Attr {
  static constexpr int numbers = 12;
  int i[numbers] = {};
  double x = 0;
  constexpr bool operator==(const Attr& other) const {
    for (int k = 0; k < numbers; ++k)
      if (i[k] != other.i[k]) return false;
    return x == other.x || (x != x && other.x != other.x);
  }
};

/// The interpreter's form of an elementwise op: out[j] = op(in[0][j], in[1][j], …) for j < n,
/// n a multiple of the vector width; the arrays need no alignment and may be the same.
template <class T>
using BlockFn = void (*)(const T* const* in, T* out, long n);

/// What a kernel op is called with: whole, contiguous operands and results.
template <class T>
struct KernelArgs {
  const void* const* in;  ///< operands; T or std::int32_t by their DType
  void* out;              ///< the result, never aliasing an operand
  const long (*in_dims)[max_rank];
  const int* in_rank;
  const long* out_dims;
  int out_rank;
  const Attr* attr;
  T* scratch;  ///< as many elements as the op's `scratch` asked for
  /// Where in the batch these examples begin: a thread is given some of them. For messages.
  long first_example = 0;
  /// Of an op that has `parts`: those of the result that are wanted; all if `part_end` is below 0.
  long part_begin = 0, part_end = -1;
  Communicator* communicator = nullptr;  ///< that of the program
};
template <class T>
using KernelFn = void (*)(const KernelArgs<T>&);

struct OpInfo {
  const char* name = "";  ///< qualified: part of a loop's canonical program
  int version = 1;        ///< raised when the op's numbers change
  OpKind kind = OpKind::leaf;
  int arity = 0;  ///< operands; -1: any number
  std::uint64_t id = 0;
  Takes takes;  ///< no default: forgetting it does not compile

  /// Shape rule: operand shapes (as far as known) and attributes to the result's shape.
  ShapeResult (*shape)(const Shape* in, int count, const Attr& attr) = nullptr;
  /// What the result's elements are.
  DType result = DType::real;
  /// Derivative rule: adds to the context what each operand gets of the result's gradient.
  void (*vjp)(VjpContext&) = nullptr;
  /// A node that comes to the same with less work, -1 if there is none; asked for before
  /// derivatives are taken.
  int (*cheaper)(Graph& g, const Node& n, const int* in) = nullptr;
  /// For a composite: the expression it stands for.
  Value (*expand)(const Value* in, int count, const Attr& attr) = nullptr;

  BlockFn<float> block_float = nullptr;
  BlockFn<double> block_double = nullptr;
  KernelFn<float> kernel_float = nullptr;
  KernelFn<double> kernel_double = nullptr;
  /// For a kernel op: elements of scratch it needs, without and times the batch.
  long (*scratch)(const Shape* in, int count, const Attr& attr) = nullptr;
  /// Of a kernel op whose result has no batch: into how many parts threads may divide it.
  long (*parts)(const Shape* in, int count, const Attr& attr) = nullptr;
  /// Floating-point operations: of an elementwise op, an element; of a kernel, an example.
  double (*flops)(const Shape* in, int count, const Attr& attr) = nullptr;
  /// What its attributes say, in words, each after a comma: ", stride 2 x 2"; for explain.
  void (*text)(RefusalNote& to, const Attr& attr) = nullptr;
  bool total = false;      ///< a kernel that throws for no values of its operands
  bool expensive = false;  ///< worth keeping rather than computing again
};

}  // namespace ansatz::ir
