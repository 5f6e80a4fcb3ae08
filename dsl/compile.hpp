// compile([] { … return function(…); }): the compiler inside the compiler.
#pragma once

// First, see there.
#include <dsl/ops.hpp>

#include <dsl/kernels/loop.hpp>
#include <dsl/passes/lower.hpp>
#include <dsl/plan/loops.hpp>
#include <dsl/program.hpp>
#include <dsl/refused.hpp>

namespace ansatz {
namespace ir {

/// A plan fixed by the compiler: the tables of Plan as arrays of their exact sizes.
struct PlanSizes {
  int buffers = 0, leaves = 0, operands = 0, code = 0, roots = 0, loops = 0, steps = 0, dims = 0,
      results = 0, extents = 0, text = 0;
};

template <PlanSizes N>
struct FixedPlan {
  template <class T, int Count>
  struct Table {
    T data[Count > 0 ? Count : 1]{};
    constexpr const T& operator[](int i) const { return data[i]; }
    constexpr T& operator[](int i) { return data[i]; }
    constexpr PlanTable<T> view() const { return {data, Count}; }
  };
  Table<Buffer, N.buffers> buffers;
  Table<Leaf, N.leaves> leaves;
  Table<Operand, N.operands> operands;
  Table<Instr, N.code> code;
  Table<Root, N.roots> roots;
  Table<Loop, N.loops> loops;
  Table<Step, N.steps> steps;
  Table<Shape, N.dims> dims;
  Table<Result, N.results> results;
  Table<int, N.extents> extents, extent_names;
  Table<std::int64_t, N.extents + 1> arena;
  Table<char, N.text> text;
  std::int64_t scratch = 0;
  PlanSizes sizes;

  constexpr PlanView view() const {
    return {buffers.view(),      leaves.view(), operands.view(), code.view(),    roots.view(),
            loops.view(),        steps.view(),  dims.view(),     results.view(), extents.view(),
            extent_names.view(), arena.view(),  text.view(),     scratch};
  }
};

/// What a program may need at most: room for the result of the one constant evaluation, from which
/// the exact tables are copied. About 100 layers of a perceptron with momentum.
inline constexpr PlanSizes largest_plan{.buffers = 2048,
                                        .leaves = 1024,
                                        .operands = 8192,
                                        .code = 2048,
                                        .roots = 1024,
                                        .loops = 256,
                                        .steps = 2048,
                                        .dims = 512,
                                        .results = 256,
                                        .extents = 8,
                                        .text = 16384};

/// Nodes of a graph with its gradients that the compiler is asked for at most, as far as can be
/// told before the work: at some 3 ms each and 0.4 MB.
inline constexpr int most_nodes = 6000;

// How many nodes there will be: what a gradient goes through has some four more.
constexpr int nodes_with_gradients(const Graph& g) {
  List<char> below;  // of each node: whether some gradient goes through it
  below.assign(g.size(), 0);
  int count = g.size();
  for (int id = g.size() - 1; id >= 0; --id) {
    const Node& n = g[id];
    if (n.op->kind == OpKind::gradient) below[g.in(id, 0)] = 1;
    if (!below[id] || n.count == 0) continue;
    count += 4;
    for (int k = 0; k < n.count; ++k) below[g.in(id, k)] = 1;
  }
  return count;
}

/// The function as a graph, refused before the work where the work would take minutes.
constexpr Graph graph_to_compile(const Function& f) {
  Graph g = graph_of(f);
  if (const int count = nodes_with_gradients(g); count > most_nodes) {
    RefusalNote words;
    words.add("the function is too large to be compiled, about ");
    words.add(count);
    words.add(" operations; allowed: ");
    words.add(most_nodes);
    words.add("; make it at run time: build(...)");
    graph_error(words.text);
  }
  return g;
}

template <class To, class From>
constexpr void copy_table(To& to, const From& from, int count) {
  for (int i = 0; i < count; ++i) to[i] = from[i];
}

template <class To, class From>
constexpr void copy_plan(To& to, const From& from, const PlanSizes& n) {
  copy_table(to.buffers, from.buffers, n.buffers);
  copy_table(to.leaves, from.leaves, n.leaves);
  copy_table(to.operands, from.operands, n.operands);
  copy_table(to.code, from.code, n.code);
  copy_table(to.roots, from.roots, n.roots);
  copy_table(to.loops, from.loops, n.loops);
  copy_table(to.steps, from.steps, n.steps);
  copy_table(to.dims, from.dims, n.dims);
  copy_table(to.results, from.results, n.results);
  copy_table(to.extents, from.extents, n.extents);
  copy_table(to.extent_names, from.extent_names, n.extents);
  copy_table(to.arena, from.arena, n.extents + 1);
  copy_table(to.text, from.text, n.text);
  to.scratch = from.scratch;
  to.sizes = n;
}

constexpr bool within(const PlanSizes& n, const PlanSizes& limit) {
  return n.buffers <= limit.buffers && n.leaves <= limit.leaves && n.operands <= limit.operands &&
         n.code <= limit.code && n.roots <= limit.roots && n.loops <= limit.loops &&
         n.steps <= limit.steps && n.dims <= limit.dims && n.results <= limit.results &&
         n.extents <= limit.extents && n.text <= limit.text;
}

constexpr FixedPlan<largest_plan> fixed(const Plan& p) {
  const PlanSizes n{.buffers = p.buffers.size(),
                    .leaves = p.leaves.size(),
                    .operands = p.operands.size(),
                    .code = p.code.size(),
                    .roots = p.roots.size(),
                    .loops = p.loops.size(),
                    .steps = p.steps.size(),
                    .dims = p.dims.size(),
                    .results = p.results.size(),
                    .extents = p.extents.size(),
                    .text = p.text.size()};
  if (!within(n, largest_plan)) {
    graph_error(
        "the function is too large to be compiled (ir::largest_plan); make it at run time: "
        "build(...)");
    return FixedPlan<largest_plan>{};
  }
  FixedPlan<largest_plan> fixed;
  copy_plan(fixed, p, n);
  return fixed;
}

template <class F>
constexpr FixedPlan<largest_plan> lower_at_compile_time() {
  return fixed(plan_of(optimize(graph_to_compile(F{}()))));
}

// Of the passes, users can go wrong in the one that takes gradients, and in few cases.
constexpr bool may_be_refused(const Graph& g) {
  for (const Node& n : g.nodes)
    if ((n.op->kind == OpKind::gradient && n.attr.i[0]) || n.op == info_of<ops::Repeated>)
      return true;
  return false;
}
constexpr Graph with_gradients(Graph g) {
  return may_be_refused(g) ? differentiate(stabilize(g)) : g;
}

// Where the compiler would evaluate it again, only what a user can get wrong is tried.
template <class F>
constexpr bool can_be_lowered() {
  if constexpr (keeps_constant_calls)
    (void)lower_at_compile_time<F>();
  else
    (void)with_gradients(graph_to_compile(F{}()));
  return true;
}

// A lambda whose body has an error may have no type of result.
template <class F>
consteval bool gives_function() {
  if constexpr (requires { F{}(); })
    return std::is_same_v<decltype(F{}()), Function>;
  else
    return false;
}

template <class F>
concept Lowers = gives_function<F>() && requires { typename Holds<can_be_lowered<F>()>; };

/// The stages of lowering, until one has refused.
constexpr void lower_until_refused(const Function& f, const RefusalNote& note) {
  if (note.length) return;
  Graph g = graph_to_compile(f);
  if (note.length) return;
  g = optimize(static_cast<Graph&&>(g));
  if (note.length) return;
  const List<Access> access = all_accesses(g);
  const Clusters clusters(g, access);
  if (note.length) return;
  (void)fixed(plan_of(g));
}
template <class F>
struct LoweringOf {
  constexpr void operator()(const RefusalNote& note) const {
    const Function f = F{}();
    lower_until_refused(f, note);
  }
};

template <class F>
struct RoomyPlan {
  static constexpr FixedPlan<largest_plan> plan = lower_at_compile_time<F>();
};
template <class F>
concept HasPlan = Lowers<F> && requires { typename Holds<(RoomyPlan<F>::plan.sizes.steps >= 0)>; };

/// Defined nowhere: should a refusal have given no message, the linker gives one.
void this_function_could_not_be_compiled();

/// The plan of the function that the closure F describes; made once, by the compiler. Without the
/// ops' constants: in a program they would bring derivative rules and the interpreter's code along.
/// Of a function that was refused, an empty one, so that the refusal is the last message.
template <class F>
struct CompiledPlan {
  static constexpr FixedPlan<PlanSizes{}> plan{};
};
template <class F>
  requires HasPlan<F>
struct CompiledPlan<F> {
 private:
  static constexpr PlanSizes n = RoomyPlan<F>::plan.sizes;
  static constexpr FixedPlan<n> exact() {
    FixedPlan<n> p;
    copy_plan(p, RoomyPlan<F>::plan, n);
    for (int i = 0; i < n.code; ++i) p.code[i].op = nullptr;
    return p;
  }

 public:
  static constexpr FixedPlan<n> plan = exact();
};

/// What its fused loops are made from, with the ops; nothing of it remains in the program.
template <class F>
struct LoopSource {
  static constexpr const auto& plan = RoomyPlan<F>::plan;
};

template <class F, class T, int... L>
inline constexpr LoopFn loop_table_of[] = {&kernels::run_loop<LoopSource<F>, T, L>..., nullptr};

template <class F, class T, class Ints>
struct LoopTable;
template <class F, class T, int... L>
struct LoopTable<F, T, kernels::Ints<L...>> {
  static constexpr const LoopFn* functions = loop_table_of<F, T, L...>;
};

// Whether Op's own name begins as those of the library do.
template <class Op>
consteval bool is_of_library() {
  const char* text = __PRETTY_FUNCTION__;
  for (; *text; ++text) {
    const char *a = text, *b = "= ansatz::ops::";
    while (*b && *a == *b) ++a, ++b;
    if (!*b) return true;
  }
  return false;
}

/// Makes an op of the user's own known to check mode.
template <const OpInfo* I>
void offer() {
  if constexpr (I != nullptr)
    if constexpr (!is_of_library<OpOf<I>>()) offer_op(I);
}
template <class F, int... I>
void offer_ops(kernels::Ints<I...>) {
  (offer<LoopSource<F>::plan.code[I].op>(), ...);
}

template <class Call>
inline constexpr bool takes_arguments = false;
template <class F, class R, class A, class... More>
inline constexpr bool takes_arguments<R (F::*)(A, More...) const> = true;

template <class F>
consteval bool needs_nothing() {
  if constexpr (!std::is_empty_v<F> || !std::is_default_constructible_v<F>)
    return false;
  else if constexpr (requires { &F::operator(); })
    return !takes_arguments<decltype(&F::operator())>;
  else
    return true;
}

/// Why F cannot be lowered: Accepted, or the words. Quiet when the body of F has given an error
/// already.
template <class F>
consteval auto why_refused() {
  if constexpr (!needs_nothing<F>())
    return Accepted{};
  else if constexpr (!gives_function<F>() || RefusedBefore<F>)
    return Accepted{};
  else if constexpr (Lowers<F>)
    return Accepted{};
  else
    return words_of_refusal<LoweringOf<F>>();
}

// Of the value of a template parameter g++ says that its type is const.
template <class Why>
concept NotAccepted = !std::is_same_v<std::remove_cv_t<Why>, Accepted>;

template <class F>
consteval bool returns_function() {
  if constexpr (needs_nothing<F>() && requires { F{}(); })
    return gives_function<F>();
  else
    return true;
}

}  // namespace ir

/// What must hold for the lambda given to compile: no captures and no parameters.
template <class F>
concept NeedsNothing = ir::needs_nothing<F>();
/// And that it returns `function(…)`.
template <class F>
concept ReturnsFunction = ir::returns_function<F>();

/// A function compiled to a program: Program<T> that also knows its plan as a constant.
template <class F, class T>
class Compiled : public Program<T> {
 public:
  static constexpr const auto& plan = ir::CompiledPlan<F>::plan;
  Compiled() : Program<T>(plan.view(), loop_functions) {
    // A program at namespace scope may be made before the static members of this class are.
    loops_.offer();
    (void)offered_;
    if constexpr (!ir::HasPlan<F>) ir::this_function_could_not_be_compiled();
  }

  using Program<T>::check;
  /// See Program. Called on a Compiled, and not on the Program that it is, it also knows ops of the
  /// user's own.
  void check(bool on) {
    if (on) ir::offer_ops<F>(kernels::MakeInts<plan.sizes.code>{});
    Program<T>::check(on);
  }

 private:
  static constexpr const ir::LoopFn* loop_functions =
      ir::LoopTable<F, T, kernels::MakeInts<plan.sizes.loops>>::functions;
  // Lent to plans made at run time from before main on.
  inline static constinit ir::LoopOffer loops_{plan.view(), loop_functions, sizeof(T)};
  inline static const bool offered_ = loops_.offer();
};

namespace ir {
template <class T, class F, auto Why>
using CompileResult =
    std::conditional_t<NotAccepted<decltype(Why)>, const NotCompiled<Why>&, Compiled<F, T>>;
}  // namespace ir

/// Compiles what the captureless lambda `f` returns (see `function`): shapes are checked, gradients
/// taken, loops fused and memory planned by the compiler; nothing of that happens at run time.
/// T: float or double.
template <class T = float, class F, auto Why = ir::why_refused<F>()>
ir::CompileResult<T, F, Why> compile(F) {
  if constexpr (std::is_reference_v<ir::CompileResult<T, F, Why>>)
    while (true) ir::this_function_could_not_be_compiled();
  else
    return {};
}
template <class T = float, class F, auto Why = ir::why_refused<F>()>
  requires(!(FloatOrDouble<T> && NeedsNothing<F>))
Refused<FloatOrDouble<T> && NeedsNothing<F>, Program<float>> compile(F) = delete;
template <class T = float, class F, auto Why = ir::why_refused<F>()>
  requires(!ReturnsFunction<F>)
Refused<ReturnsFunction<F>, Program<T>> compile(F) = delete;

}  // namespace ansatz
