// A compiled function: a plan, the memory it works in, and the parameters it is bound to.
#pragma once

#include <initializer_list>
#include <string_view>
#include <type_traits>

#include <dsl/array.hpp>
#include <dsl/plan/plan.hpp>
#include <dsl/store.hpp>

namespace ansatz {

namespace running {

template <class T>
class Executor;

[[noreturn]] void throw_not_scalar(std::string_view name, const Dims& dims);
[[noreturn]] void throw_wrong_result_type(std::string_view name, bool labels);

}  // namespace running

/// A value given to a program by name: a number, or an array that `view` accepts. It refers to the
/// caller's array, which must live until the call returns.
struct Argument {
  template <class A>
  Argument(std::string_view name_, const A& value) : name(name_) {
    if constexpr (Number<A>) {
      number = static_cast<double>(value);
      is_number = true;
    } else {
      array = view(value);
    }
  }

  std::string_view name;
  ArrayView array;
  double number = 0;
  bool is_number = false;
};

/// One result of a call. Valid until the next call of its program.
template <class T>
class Result {
 public:
  Result(std::string_view name, const void* data, const Dims* dims, bool labels)
      : name_(name), data_(data), dims_(dims), labels_(labels) {}

  std::string_view name() const { return name_; }
  const Dims& shape() const { return *dims_; }
  int rank() const { return dims_->rank; }
  std::int64_t size() const { return dims_->count(); }
  bool is_labels() const { return labels_; }

  /// The values, row-major. ValueError for labels.
  const T* data() const {
    if (labels_) running::throw_wrong_result_type(name_, true);
    return static_cast<const T*>(data_);
  }
  /// The values of a result of labels, such as an argmax. ValueError for numbers.
  const std::int32_t* labels() const {
    if (!labels_) running::throw_wrong_result_type(name_, false);
    return static_cast<const std::int32_t*>(data_);
  }
  /// The value of a result of one element. ShapeError if there are more or none.
  T scalar() const {
    if (size() != 1) running::throw_not_scalar(name_, *dims_);
    return labels_ ? static_cast<T>(*static_cast<const std::int32_t*>(data_))
                   : *static_cast<const T*>(data_);
  }
  operator T() const { return scalar(); }

 private:
  std::string_view name_;
  const void* data_;
  const Dims* dims_;
  bool labels_;
};

/// The results of a call, by name or number. Valid until the next call of its program.
template <class T>
class Results {
 public:
  explicit Results(const running::Executor<T>* executor) : executor_(executor) {}
  int size() const;
  /// NameError with the nearest known name.
  Result<T> operator[](std::string_view name) const;
  Result<T> operator[](const char* name) const { return (*this)[std::string_view(name)]; }
  Result<T> operator[](int index) const;

 private:
  const running::Executor<T>* executor_;
};

/// Something that lives as long as a program: the tables of a plan made at run time.
struct PlanOwner {
  void* object = nullptr;
  void (*destroy)(void*) = nullptr;
};

/// What must hold for the type of a program's numbers.
template <class T>
concept FloatOrDouble = std::is_same_v<T, float> || std::is_same_v<T, double>;

/// A plan ready to run, in precision T (float or double).
///
///     auto r = step({{"x", images}, {"y", labels}, {"learning_rate", 0.1}});
///     float cost = r["cost"];
///
/// Every input is given at every call, but one that nothing that is computed depends on (the x of
/// `grad(sum(x * w), x)`) need not be; a named scalar keeps the value it was last given, or else
/// its default. An extent of the plan follows from the inputs and the state that have it, which
/// must agree; one that nothing has is given by name, as a number.
///
/// Errors: Error (moved to another object), NameError (unknown or missing), ShapeError, ValueError
/// (element type; a label that is not in 0 .. n - 1, with its example); nothing has been computed
/// then. In the steady state a call allocates no memory; a batch larger than all before it enlarges
/// the arenas once.
template <class T>
class Program {
 public:
  /// @param plan   tables that outlive the program, or are kept alive by `owner`
  /// @param loops  compiled code of the plan's loops; null, or a null entry: interpreted
  /// @param owner  destroyed with the program
  explicit Program(const ir::PlanView& plan, const ir::LoopFn* loops = nullptr,
                   PlanOwner owner = {});
  Program(Program&& other) noexcept : executor_(other.executor_) { other.executor_ = nullptr; }
  Program& operator=(Program&& other) noexcept {
    running::Executor<T>* mine = executor_;
    executor_ = other.executor_;
    other.executor_ = mine;
    return *this;
  }
  ~Program();

  Results<T> operator()(std::initializer_list<Argument> arguments = {}) {
    return call(arguments.begin(), static_cast<int>(arguments.size()));
  }
  Results<T> call(const Argument* arguments, int count);

  /// The parameters and the state; of its own until `bind`.
  Store store() const;
  /// Uses the tensors of `store` from now on, by name; those it lacks are added as zeros.
  /// ShapeError or ValueError, and nothing changed, if one has another shape or element type.
  void bind(const Store& store);

  /// Named scalars.
  void set(std::string_view scalar, double value);
  double get(std::string_view scalar) const;

  /// Seed of the random numbers inside the program. Default 0.
  void seed(std::uint64_t seed);
  std::uint64_t seed() const;
  /// Number of calls so far, which is the step of the random numbers of the next call.
  std::uint64_t step_count() const;
  void step_count(std::uint64_t count);

  /// How many threads a call may use. Default 1; a call of less than a million operations uses one
  /// anyway.
  void threads(int count);
  int threads() const;

  /// Check mode: a call stops with ValueError at the first step whose result is not finite, named
  /// with its output, the call, the op that first made such a number with its operands and its
  /// place in the expression, and the parameters and inputs that were not finite before it.
  /// Runs on one thread. Default off.
  void check(bool on);
  bool check() const;

  /// The ranks that call this program together, for a function made `across_ranks`, which throws
  /// ValueError at a call without one. It must live until the last call; null: none.
  void communicator(Communicator* ranks);
  Communicator* communicator() const;

  const ir::PlanView& plan() const;
  /// How many distinct fused loops the plan has, and how many of them were compiled with the
  /// process; the others are interpreted, to the same bits.
  int loops() const { return plan().loops.size; }
  int compiled_loops() const;

 private:
  running::Executor<T>* executor_;
};

extern template class Results<float>;
extern template class Results<double>;
extern template class Program<float>;
extern template class Program<double>;

}  // namespace ansatz
