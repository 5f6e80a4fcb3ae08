// A fused loop as the compiler sees it: one function, instantiated from the instructions of one
// loop of a plan that is a constant. Every instruction becomes a few machine instructions on a
// register; kernels/interpret.hpp runs the same loops, to the same bits, without a compiler.
#pragma once

#include <dsl/ir/op.hpp>
#include <dsl/kernels/philox.hpp>
#include <dsl/kernels/reduce.hpp>
#include <dsl/kernels/rest.hpp>

namespace ansatz::kernels {

/// For every argument the address (or position, where `sizes` is 1) of column 0 of row r; the
/// answer is the row at which the walk by the innermost outer stride ends.
std::int64_t locate_row(const ir::LoopCall& call, const int* sizes, int args, std::int64_t r,
                        std::int64_t* row);

inline namespace ANSATZ_ISA {

template <class T, ir::DType D>
struct ElementOf {
  using Type = T;
};
template <class T>
struct ElementOf<T, ir::DType::index> {
  using Type = std::int32_t;
};

// The values live in `v`, one an instruction; the functions are forced inline so that the array
// falls apart into registers. `row` holds for every argument the address (of an iota or random
// site: the position) of column 0 of the current row. Columns come as (c, n, at): n lanes from
// column c on, all of the register if `whole`, as in all but the last vector of a row; `at` counts
// from the start of the chunk. What runs over instructions or roots is given their numbers: as
// arguments of the class they would be looked at with every call of a template of it.
template <class Source, class T, int L>
struct FusedLoop {
  using S = simd<T>;
  using Code = ir::Code;
  using Level = ir::Level;
  using Walk = ir::Walk;
  using RootKind = ir::RootKind;

  static constexpr ir::Loop loop = Source::plan.loops[L];
  static constexpr const ir::Instr& code(int i) { return Source::plan.code[loop.first_instr + i]; }
  static constexpr const ir::Root& root(int r) { return Source::plan.roots[loop.first_root + r]; }

  static constexpr int values = loop.instrs > 0 ? loop.instrs : 1;
  static constexpr int roots = loop.roots > 0 ? loop.roots : 1;
  static constexpr int args = loop.args > 0 ? loop.args : 1;
  // Of a long loop the compiler makes one body, for whole registers and, where they are brought to
  // some (see bring_rest), for the rest of a row.
  static constexpr bool is_long = loop.instrs > 32;

  static constexpr bool full(int i, int phase) {
    return code(i).code != Code::reduce && code(i).level == Level::full && code(i).phase == phase;
  }
  static constexpr bool row_value(int i, int phase) {
    return code(i).code != Code::reduce && code(i).level == Level::row && code(i).phase == phase;
  }
  static constexpr bool reduces(int i, int phase) {
    return code(i).code == Code::reduce && code(i).phase == phase;
  }
  static constexpr bool draws(int i, int phase) {
    return code(i).code == Code::random && full(i, phase);
  }
  static constexpr bool of_loop(int i, int) { return code(i).level == Level::uniform; }
  static constexpr bool full_root(int r, int phase) {
    const ir::Instr& value = code(root(r).value);
    return value.code != Code::reduce && value.level == Level::full && value.phase == phase;
  }
  static constexpr bool row_root(int r) {
    const ir::Instr& value = code(root(r).value);
    return value.code == Code::reduce || value.level != Level::full;
  }
  static constexpr bool totals(int r, int phase) {
    return full_root(r, phase) && root(r).kind == RootKind::reduce_all;
  }
  static constexpr bool column_positions(int r, int = 0) {
    return root(r).kind == RootKind::reduce_rows && finds_position(monoid(root(r).variant));
  }
  static constexpr bool sums_rows(int r, int = 0) {
    return root(r).kind == RootKind::reduce_rows && monoid(root(r).variant) == ir::Monoid::sum;
  }
  static constexpr ir::Monoid monoid(int variant) { return static_cast<ir::Monoid>(variant); }
  // Of a constant: where code that runs read the plan itself, all of its 2.5 MB would be in the
  // program.
  template <int Variant>
  ANSATZ_INLINE static T first_of() {
    return identity<T>(monoid(Variant));
  }

  /// Of each load, the value that it reads back: stored to the same operand in an earlier phase; or
  /// -1. Found once: asked for each value, the answers took most of a long loop's compilation.
  struct Spills {
    int of[values] = {};
    bool is_one[values] = {};
  };
  static constexpr Spills find_spills() {
    Spills found;
    for (int i = 0; i < loop.instrs; ++i) {
      int& value = found.of[i];
      value = -1;
      if (loop.phases == 1 || code(i).code != Code::load) continue;
      if (code(i).level != Level::full || code(i).walk != Walk::contiguous) continue;
      for (int r = 0; r < loop.roots; ++r) {
        const ir::Root& q = root(r);
        if (q.kind != RootKind::store || q.arg != code(i).arg || q.type != code(i).type) continue;
        if (q.type != ir::DType::real || q.walk != Walk::contiguous) continue;
        if (!full_root(r, code(q.value).phase) || code(q.value).phase >= code(i).phase) continue;
        if (value < 0 || code(q.value).phase > code(value).phase) value = q.value;
      }
      if (value >= 0) found.is_one[value] = true;
    }
    return found;
  }
  static constexpr Spills spills = find_spills();

  // The instructions or roots of a kind, found by a loop: a fold over all of them costs the
  // compiler as much where it comes to nothing.
  template <bool (*Is)(int, int), int Phase, int Count>
  struct All {
    struct Found {
      int count = 0, at[Count > 0 ? Count : 1] = {};
    };
    static constexpr Found find() {
      Found some;
      for (int i = 0; i < Count; ++i)
        if (Is(i, Phase)) some.at[some.count++] = i;
      return some;
    }
    static constexpr Found found = find();
    template <class N>
    struct Of;
    template <int... N>
    struct Of<Ints<N...>> {
      using type = Ints<found.at[N]...>;
    };
    using type = typename Of<MakeInts<found.count>>::type;
  };
  template <bool (*Is)(int, int), int Phase, int Count = loop.instrs>
  using all = typename All<Is, Phase, Count>::type;
  template <bool (*Is)(int, int), int Phase = 0>
  using all_roots = all<Is, Phase, loop.roots>;

  // Whether anything of a kind is there, asked by a loop: a fold over all instructions costs the
  // compiler as much where none of them has anything to do.
  static constexpr bool any(bool (*is)(int, int), int phase, int count = loop.instrs) {
    for (int i = 0; i < count; ++i)
      if (is(i, phase)) return true;
    return false;
  }
  static constexpr bool any_root(bool (*is)(int, int), int phase) {
    return any(is, phase, loop.roots);
  }
  static constexpr int count_roots(bool (*is)(int, int)) {
    int count = 0;
    for (int r = 0; r < loop.roots; ++r) count += is(r, 0);
    return count;
  }
  static constexpr int row_sums = count_roots(&sums_rows);
  static constexpr bool gathers_all(int r, int) { return root(r).kind == RootKind::reduce_all; }
  static constexpr bool gathers_rows(int r, int) { return root(r).kind == RootKind::reduce_rows; }
  static constexpr bool no_store(int r, int) { return root(r).kind != RootKind::store; }
  static constexpr bool stored_by_row(int r, int) { return row_root(r); }

  static constexpr int window_of(int i) {
    int before = 0;
    for (int k = 0; k < i; ++k) before += code(k).code == Code::random;
    return before;
  }
  static constexpr int randoms = window_of(loop.instrs);

  /// Bytes of an argument's element; 1 where positions are walked.
  struct ElementSizes {
    int of[args] = {};
  };
  static constexpr ElementSizes element_sizes() {
    ElementSizes found;
    for (int i = 0; i < loop.instrs; ++i) {
      const ir::Instr& k = code(i);
      if (k.arg < 0) continue;
      const bool position = k.code == Code::iota || k.code == Code::random;
      found.of[k.arg] = position ? 1 : k.type == ir::DType::index ? 4 : sizeof(T);
    }
    for (int r = 0; r < loop.roots; ++r)
      if (root(r).arg >= 0)
        found.of[root(r).arg] = root(r).type == ir::DType::index ? 4 : sizeof(T);
    return found;
  }
  static constexpr ElementSizes sizes = element_sizes();

  template <class E>
  ANSATZ_INLINE static E* address(std::int64_t row) {
    return reinterpret_cast<E*>(row);
  }

  /// How each argument is walked in a phase, for the end of a row of a long loop.
  struct VectorArgs {
    VectorArg of[args] = {};
  };
  static constexpr VectorArgs find_vector_args(int phase) {
    VectorArgs found;
    for (int i = 0; i < loop.instrs; ++i) {
      const ir::Instr& k = code(i);
      if (k.code != Code::load || !full(i, phase) || k.walk != Walk::contiguous) continue;
      found.of[k.arg].loads = true;
      found.of[k.arg].labels = k.type == ir::DType::index;
    }
    for (int r = 0; r < loop.roots; ++r) {
      const ir::Root& q = root(r);
      if (q.kind != RootKind::store || !full_root(r, phase) || q.walk != Walk::contiguous) continue;
      found.of[q.arg].stores = true;
      found.of[q.arg].labels = q.type == ir::DType::index;
    }
    return found;
  }
  template <int Phase>
  static constexpr VectorArgs vector_args = find_vector_args(Phase);

  // ------------------------------------------------------------------------ instructions

  /// The address or position an instruction's operand has in column 0.
  template <int K>
  ANSATZ_INLINE static std::int64_t origin(const std::int64_t* row, const ir::LoopCall& call) {
    constexpr int arg = code(K).arg;
    if constexpr (code(K).level == Level::uniform)
      return call.args[arg].position;
    else
      return row[arg];
  }

  template <class E, Walk W>
  ANSATZ_INLINE static S loaded(std::int64_t row, const ir::LoopArg& arg, long c, long n,
                                bool whole) {
    const E* p = address<const E>(row);
    if constexpr (W == Walk::fixed) return S(static_cast<T>(*p));
    if constexpr (W == Walk::contiguous) {
      return is_long || whole ? S::load(p + c) : S::load_partial(p + c, n);
    }
    if constexpr (W == Walk::strided)
      return S::gather(p + c * arg.stride[ir::inner_axis], arg.stride[ir::inner_axis], n);
  }

  /// first, first + stride, … as numbers.
  ANSATZ_INLINE static S positions(std::int64_t first, std::int64_t stride) {
    // Every position this side of it is exact, and so is the sum below.
    constexpr std::int64_t exact = std::int64_t(1) << (sizeof(T) == 4 ? 23 : 51);
    const std::int64_t last = first + stride * S::width;
    if (first < exact && first > -exact && last < exact && last > -exact) {
      return S(static_cast<T>(first)) + S::lanes() * S(static_cast<T>(stride));
    }
    T lanes[S::width];
    for (int i = 0; i < S::width; ++i) lanes[i] = static_cast<T>(first + i * stride);
    return S::load(lanes);
  }

  // Most instructions of a long loop apply one of few ops, load numbers or store them: one function
  // for all that are alike costs the compiler a fraction of one for each. What they differ in
  // stands in tables of constants.
  static constexpr bool alike(const ir::Instr& a, const ir::Instr& b) {
    if (a.code != b.code) return false;
    if (a.code == Code::apply) return a.op == b.op;
    return a.code == Code::load && a.type == b.type && a.walk == b.walk && a.level == b.level;
  }
  static constexpr bool alike(const ir::Root& a, const ir::Root& b) {
    return a.kind == RootKind::store && b.kind == RootKind::store && a.walk == b.walk &&
           a.type == b.type;
  }
  struct Alike {
    int instr[values] = {}, root[roots] = {};                // the first one that is alike
    int in[values][3] = {}, arg[values] = {};                // of instructions
    int value_of_root[roots] = {}, arg_of_root[roots] = {};  // of roots
  };
  static constexpr Alike find_alike() {
    Alike found;
    int firsts[values + roots] = {}, count = 0;
    for (int i = 0; i < loop.instrs; ++i) {
      const ir::Instr& c = code(i);
      int k = spills.of[i] >= 0 ? count : 0;
      while (k < count && (spills.of[firsts[k]] >= 0 || !alike(code(firsts[k]), c))) ++k;
      if (k == count) firsts[count++] = i;
      found.instr[i] = firsts[k];
      for (int o = 0; o < 3; ++o) found.in[i][o] = c.in[o];
      found.arg[i] = c.arg;
    }
    count = 0;
    for (int r = 0; r < loop.roots; ++r) {
      const ir::Root& q = root(r);
      int k = 0;
      while (k < count && !alike(root(firsts[k]), q)) ++k;
      if (k == count) firsts[count++] = r;
      found.root[r] = firsts[k];
      found.value_of_root[r] = q.value;
      found.arg_of_root[r] = q.arg;
    }
    return found;
  }
  static constexpr Alike table = find_alike();

  /// Where the values of one vector come from, as arguments of the functions below.
  struct Site {
    const std::int64_t* row;
    const T* const* random;
    RandomWindow<T>* windows;
    const ir::LoopCall& call;
    long c = 0, n = S::width, at = 0;
    bool whole = true;
  };

  /// Instruction i, which is like K.
  template <int K>
  ANSATZ_INLINE static void compute(int i, S* v, const Site& s) {
    constexpr ir::Instr k = code(K);
    if constexpr (k.code == Code::apply) {
      using Op = ir::OpOf<k.op>;
      const int* const in = table.in[i];
      if constexpr (k.op->arity == 0) v[i] = Op::template value<S>();
      if constexpr (k.op->arity == 1) v[i] = Op::value(v[in[0]]);
      if constexpr (k.op->arity == 2) v[i] = Op::value(v[in[0]], v[in[1]]);
      if constexpr (k.op->arity == 3) v[i] = Op::value(v[in[0]], v[in[1]], v[in[2]]);
    } else if constexpr (k.code == Code::load && spills.of[K] < 0) {
      using E = typename ElementOf<T, k.type>::Type;
      constexpr Walk walk = k.level == Level::full ? k.walk : Walk::fixed;
      const int arg = table.arg[i];
      v[i] = loaded<E, walk>(s.row[arg], s.call.args[arg], s.c, s.n, s.whole);
    } else {
      fetch<K>(v, s.row, s.random, s.windows, s.call, s.c, s.n, s.at, s.whole);
    }
  }
  template <int... K>
  ANSATZ_INLINE static void compute_all(Ints<K...>, [[maybe_unused]] S* v,
                                        [[maybe_unused]] const Site& s) {
    (compute<table.instr[K]>(K, v, s), ...);
  }

  template <int K>
  ANSATZ_INLINE static void fetch(S* v, const std::int64_t* row, const T* const* random,
                                  RandomWindow<T>* windows, const ir::LoopCall& call, long c,
                                  long n, long at, bool whole) {
    constexpr ir::Instr k = code(K);
    using E = typename ElementOf<T, k.type>::Type;
    if constexpr (k.code == Code::uniform) {
      v[K] = S(static_cast<T>(*static_cast<const E*>(call.args[k.arg].pointer)));
    } else if constexpr (k.code == Code::load) {
      constexpr Walk walk = k.level == Level::full ? k.walk : Walk::fixed;
      constexpr int spilled = spills.of[K];
      // A row shorter than a register is still in it; reading back what was stored in pieces
      // would wait for the cache.
      if (spilled >= 0 && !whole && c == call.column_begin) {
        v[K] = v[spilled < 0 ? 0 : spilled];
      } else {
        v[K] = loaded<E, walk>(origin<K>(row, call), call.args[k.arg], c, n, whole);
      }
    } else if constexpr (k.code == Code::iota) {
      const std::int64_t stride =
          k.level == Level::full ? call.args[k.arg].stride[ir::inner_axis] : 0;
      v[K] = positions(origin<K>(row, call) + c * stride, stride);
    } else if constexpr (k.code == Code::random) {
      if constexpr (k.level == Level::full) {
        const T* p = random[K] + at;
        v[K] = whole ? S::load(p) : S::load_partial(p, n);
      } else {
        v[K] = S(*draw<K>(row, windows, call, 0, 1, call.row_end - call.row_begin));
      }
    }
  }

  /// n random numbers from column c on.
  template <int K>
  ANSATZ_INLINE static const T* draw(const std::int64_t* row, RandomWindow<T>* windows,
                                     const ir::LoopCall& call, long c, long n, std::int64_t ahead) {
    constexpr ir::Instr k = code(K);
    const ir::LoopArg& arg = call.args[k.arg];
    const std::int64_t stride = k.level == Level::full ? arg.stride[ir::inner_axis] : 1;
    constexpr int window = window_of(K);  // found by the compiler: see first_of
    return random_numbers<T>(windows[window], static_cast<ir::Random>(k.variant), call.random,
                             arg.site, origin<K>(row, call) + c * stride, stride, n, ahead);
  }

  template <int... K>
  ANSATZ_INLINE static void draw_all(Ints<K...>, const T** random, const std::int64_t* row,
                                     RandomWindow<T>* windows, const ir::LoopCall& call, long c,
                                     long n, std::int64_t ahead) {
    (void(random[K] = draw<K>(row, windows, call, c, n, ahead)), ...);
  }

  // ------------------------------------------------------------------------ results

  template <int K>
  ANSATZ_INLINE static void gather(const S* v, Gather<T>* gathers, long at, long n, bool whole) {
    constexpr ir::Instr k = code(K);
    constexpr ir::Monoid m = monoid(k.variant);
    const S x = v[k.in[0]];
    gathers[K].template add<m>(whole ? x : padded<m>(x, n), at);
  }

  template <int... K>
  ANSATZ_INLINE static void gather_all(Ints<K...>, const S* v, Gather<T>* gathers, long at, long n,
                                       bool whole) {
    (gather<K>(v, gathers, at, n, whole), ...);
  }

  /// Where the results of one vector go, as arguments of the functions below.
  struct Sink {
    Gather<T>* gathers;
    const std::int64_t* row;
    T* const* target;
    const ir::LoopCall& call;
    std::int64_t r;
    long c, n, at;
    bool whole;
  };

  template <int Q>
  ANSATZ_INLINE static void gather_columns(const S* v, const Sink& s) {
    constexpr ir::Root q = root(Q);
    constexpr ir::Monoid m = monoid(q.variant);
    const S x = v[q.value];
    if constexpr (q.kind == RootKind::reduce_all) {
      s.gathers[values + Q].template add<m>(s.whole ? x : padded<m>(x, s.n), s.at);
    } else {
      const std::int64_t seen = s.r - s.call.row_begin;
      const bool first = m == ir::Monoid::sum ? seen % block_rows == 0 : seen == 0;
      T* p = s.target[2 * Q];
      if constexpr (finds_position(m)) {
        // The values lie beside the positions: in the partial, or in memory of this thread.
        T* values_so_far = s.target[2 * Q + 1];
        const S best = taken<Walk::contiguous>(values_so_far, 1, s.c, s.n, s.whole);
        const S at_best = taken<Walk::contiguous>(p, 1, s.c, s.n, s.whole);
        mask<T> better = replaces<m>(x, best);
        if (first) better = x == x || x != x;
        put<T, Walk::contiguous>(select(better, x, best), values_so_far, 1, s.c, s.n, s.whole);
        put<T, Walk::contiguous>(select(better, S(place_of_row<T>(s.r)), at_best), p, 1, s.c, s.n,
                                 s.whole);
      } else {
        const long stride = column_stride<Q>(s.call);
        constexpr Walk walk = q.walk == Walk::contiguous ? Walk::contiguous : Walk::strided;
        put<T, walk>(first ? x : join<m>(taken<walk>(p, stride, s.c, s.n, s.whole), x), p, stride,
                     s.c, s.n, s.whole);
      }
    }
  }

  /// Root q, which is like Q.
  template <int Q>
  ANSATZ_INLINE static void put_columns(int q, const S* v, const Sink& s) {
    if constexpr (root(Q).kind == RootKind::store) {
      using E = typename ElementOf<T, root(Q).type>::Type;
      const int arg = table.arg_of_root[q];
      put<E, root(Q).walk>(v[table.value_of_root[q]], address<E>(s.row[arg]),
                           s.call.args[arg].stride[ir::inner_axis], s.c, s.n, is_long || s.whole);
    } else {
      gather_columns<Q>(v, s);
    }
  }
  template <int... Q>
  ANSATZ_INLINE static void put_all(Ints<Q...>, [[maybe_unused]] const S* v,
                                    [[maybe_unused]] const Sink& s) {
    (put_columns<table.root[Q]>(Q, v, s), ...);
  }

  template <int Q>
  ANSATZ_INLINE static long column_stride(const ir::LoopCall& call) {
    constexpr ir::Root q = root(Q);
    return q.walk == Walk::contiguous || partial_of(call, Q)
               ? 1
               : call.args[q.arg].stride[ir::inner_axis];
  }

  template <Walk W>
  ANSATZ_INLINE static S taken(const T* p, long stride, long c, long n, bool whole) {
    if constexpr (W == Walk::contiguous) {
      return whole ? S::load(p + c) : S::load_partial(p + c, n);
    } else {
      return S::gather(p + c * stride, stride, n);
    }
  }
  template <class E, Walk W>
  ANSATZ_INLINE static void put(S x, E* p, long stride, long c, long n, bool whole) {
    if constexpr (W == Walk::contiguous) {
      if (whole) {
        x.store(p + c);
      } else if constexpr (is_long) {
        store_rest(x, p + c, n);
      } else {
        x.store_partial(p + c, n);
      }
    } else {
      x.scatter(p + c * stride, stride, n);
    }
  }

  template <int Q>
  ANSATZ_INLINE static void put_row(const S* v, const std::int64_t* row, Total<T>* total,
                                    std::int64_t r) {
    constexpr ir::Root q = root(Q);
    if constexpr (q.kind == RootKind::store) {
      using E = typename ElementOf<T, q.type>::Type;
      *address<E>(row[q.arg]) = static_cast<E>(v[q.value].first());
    } else if constexpr (q.kind == RootKind::reduce_all) {
      total[Q].template join<monoid(q.variant)>(v[q.value].first(), r);
    }
  }

  template <int... Q>
  ANSATZ_INLINE static void put_rows(Ints<Q...>, const S* v, const std::int64_t* row,
                                     Total<T>* total, std::int64_t r) {
    (put_row<Q>(v, row, total, r), ...);
  }

  static void* partial_of(const ir::LoopCall& call, int r) {
    return call.partial ? call.partial[r] : nullptr;
  }

  // ------------------------------------------------------------------------ the loops

  /// One vector of columns of a phase.
  template <int Phase>
  ANSATZ_INLINE static void columns(S* v, Gather<T>* gathers, const std::int64_t* row,
                                    const T* const* random, T* const* target,
                                    const ir::LoopCall& call, std::int64_t r, long c, long n,
                                    long at, bool whole) {
    compute_all(all<&full, Phase>{}, v, {row, random, nullptr, call, c, n, at, whole});
    if constexpr (any(&reduces, Phase))
      gather_all(all<&reduces, Phase>{}, v, gathers, at, n, whole);
    put_all(all_roots<&full_root, Phase>{}, v, {gathers, row, target, call, r, c, n, at, whole});
  }

  template <int... K>
  ANSATZ_INLINE static void begin_row(Ints<K...>, Reduced<T>* reduced) {
    (void(reduced[K] = {first_of<code(K).variant>(), -1, 0}), ...);
  }
  template <int... K>
  ANSATZ_INLINE static void begin_chunk(Ints<K...>, Gather<T>* gathers) {
    (gathers[K].template clear<monoid(code(K).variant)>(), ...);
  }
  template <int... Q>
  ANSATZ_INLINE static void begin_totals(Ints<Q...>, Gather<T>* gathers) {
    (gathers[values + Q].template clear<monoid(root(Q).variant)>(), ...);
  }
  template <int... K>
  ANSATZ_INLINE static void end_chunk(Ints<K...>, Gather<T>* gathers, Reduced<T>* reduced,
                                      long vectors, long start) {
    (gathers[K].template finish<monoid(code(K).variant)>(vectors, start, reduced[K]), ...);
  }
  template <int... Q>
  ANSATZ_INLINE static void end_totals(Ints<Q...>, Gather<T>* gathers, Total<T>* total,
                                       long vectors, std::int64_t start) {
    (gathers[values + Q].template finish<monoid(root(Q).variant)>(vectors, start, total[Q]), ...);
  }
  template <int K>
  ANSATZ_INLINE static void end_row(S* v, const Reduced<T>& reduced) {
    if constexpr (finds_position(monoid(code(K).variant))) {
      v[K] = S(static_cast<T>(reduced.position < 0 ? 0 : reduced.position));
    } else if constexpr (monoid(code(K).variant) == ir::Monoid::sum) {
      v[K] = S(reduced.sum());
    } else {
      v[K] = S(reduced.value);
    }
  }

  template <int... K>
  ANSATZ_INLINE static void end_rows(Ints<K...>, S* v, const Reduced<T>* reduced) {
    (end_row<K>(v, reduced[K]), ...);
  }

  static constexpr int count_sums(int end) {
    int before = 0;
    for (int k = 0; k < end; ++k) before += sums_rows(k);
    return before;
  }
  template <int Q>
  static constexpr int sums_before = count_sums(Q);

  /// The block of rows that ends with row number `rows` of a sum over rows. Where all rows are one
  /// block, that is the result.
  template <int... Q>
  ANSATZ_INLINE static void end_block(Ints<Q...>, double* sums, T* const* target,
                                      const ir::LoopCall& call, std::int64_t rows) {
    (add_block<T>(sums_before<Q> * call.inner + sums, target[2 * Q], column_stride<Q>(call),
                  call.column_begin, call.column_end, rows <= block_rows),
     ...);
  }
  template <int... Q>
  ANSATZ_INLINE static void end_sums(Ints<Q...>, const double* sums, T* const* target,
                                     const ir::LoopCall& call) {
    (store_sums<T>(sums_before<Q> * call.inner + sums, target[2 * Q], column_stride<Q>(call),
                   call.column_begin, call.column_end),
     ...);
  }

  ANSATZ_INLINE static void copy_row(std::int64_t* to, const std::int64_t* from) {
#pragma GCC unroll 16
    for (int a = 0; a < loop.args; ++a) to[a] = from[a];
  }

  template <int Phase>
  ANSATZ_INLINE static void pass(S* v, std::int64_t* row, RandomWindow<T>* windows,
                                 T* const* target, Total<T>* total, const ir::LoopCall& call,
                                 std::int64_t r) {
    compute_all(all<&row_value, Phase>{}, v, {row, nullptr, windows, call});
    constexpr bool any_random = any(&draws, Phase);
    constexpr bool reducing = any(&reduces, Phase), totalling = any_root(&totals, Phase);
    constexpr bool gathering = reducing || totalling;
    if constexpr (gathering || any_root(&full_root, Phase)) {
      Gather<T> gathers[values + roots];
      Reduced<T> reduced[values];
      if constexpr (reducing) begin_row(all<&reduces, Phase>{}, reduced);
      const long end = call.column_end;
      for (long start = call.column_begin; start < end;) {
        long stop = end;
        if constexpr (any_random || gathering) {
          if (end - start > chunk_columns) stop = start + chunk_columns;
        }
        const T* random[values];
        if constexpr (any_random) {
          const std::int64_t ahead = (call.row_end - r) * call.inner - start;
          draw_all(all<&draws, Phase>{}, random, row, windows, call, start, stop - start, ahead);
        }
        if constexpr (reducing) begin_chunk(all<&reduces, Phase>{}, gathers);
        if constexpr (totalling) begin_totals(all_roots<&totals, Phase>{}, gathers);
        long c = start;
        if constexpr (is_long) {
          VectorRoom room[args];
          std::int64_t from[args];
          for (; c < stop; c += S::width) {
            const bool whole = c + S::width <= stop;
            const long n = whole ? S::width : stop - c;
            if (!whole) {
              std::int64_t moved[args];
              copy_row(from, row);
              bring_rest<T>(vector_args<Phase>.of, loop.args, from, c, n, room, moved);
              copy_row(row, moved);
            }
            columns<Phase>(v, gathers, row, random, target, call, r, c, n, c - start, whole);
            if (!whole) {
              take_rest<T>(vector_args<Phase>.of, loop.args, from, c, n, room);
              copy_row(row, from);
            }
          }
        } else {
          for (; c + S::width <= stop; c += S::width) {
            columns<Phase>(v, gathers, row, random, target, call, r, c, S::width, c - start, true);
          }
          if (const long rest = stop - c; rest > 0) {
            if (rest >= S::width) __builtin_unreachable();
            columns<Phase>(v, gathers, row, random, target, call, r, c, rest, c - start, false);
          }
        }
        const long vectors = (stop - start + S::width - 1) / S::width;
        if constexpr (reducing) end_chunk(all<&reduces, Phase>{}, gathers, reduced, vectors, start);
        if constexpr (totalling)
          end_totals(all_roots<&totals, Phase>{}, gathers, total, vectors, r * call.inner + start);
        start = stop;
      }
      if constexpr (reducing) end_rows(all<&reduces, Phase>{}, v, reduced);
    }
  }

  template <int... P>
  ANSATZ_INLINE static void pass_all(Ints<P...>, S* v, std::int64_t* row, RandomWindow<T>* windows,
                                     T* const* target, Total<T>* total, const ir::LoopCall& call,
                                     std::int64_t r) {
    (pass<P>(v, row, windows, target, total, call, r), ...);
  }
  static constexpr bool is_spilled(int i, int) { return spills.is_one[i]; }
  template <int... K>
  ANSATZ_INLINE static void clear_all(Ints<K...>, S* v) {
    (void(v[K] = S(T(0))), ...);
  }
  template <int... Q>
  ANSATZ_INLINE static void clear_totals(Ints<Q...>, Total<T>* total) {
    ((total[Q].best.value = first_of<root(Q).variant>()), ...);
  }

  static void run(const ir::LoopCall& call) {
    S v[values];
    RandomWindow<T> windows[randoms ? randoms : 1];
    // Else g++ warns of values that only rows shorter than a register read.
    if constexpr (any(&is_spilled, 0)) clear_all(all<&is_spilled, 0>{}, v);
    compute_all(all<&of_loop, 0>{}, v, {nullptr, nullptr, windows, call});

    Total<T> total[roots];
    if constexpr (any_root(&gathers_all, 0)) clear_totals(all_roots<&gathers_all>{}, total);
    T* target[2 * roots];
    constexpr int positions_kept = count_roots(&column_positions);
    T* kept = positions_kept ? best_of_columns<T>(positions_kept * 2 * call.inner) : nullptr;
    if constexpr (any_root(&gathers_rows, 0))
      aim_all(all_roots<&gathers_rows>{}, target, kept, call);

    const std::int64_t rows = call.row_end - call.row_begin;
    double* sums = row_sums && rows > block_rows ? sums_of_blocks(row_sums * call.inner) : nullptr;

    std::int64_t row[args], step[args];
    for (int a = 0; a < loop.args; ++a) {
      step[a] = call.args[a].stride[call.outer_rank > 0 ? call.outer_rank - 1 : 0] * sizes.of[a];
    }
    for (std::int64_t r = call.row_begin; r < call.row_end;) {
      // A copy, since an array whose address is given away does not stay in registers.
      std::int64_t located[args];
      const std::int64_t stop = locate_row(call, sizes.of, loop.args, r, located);
      for (int a = 0; a < loop.args; ++a) row[a] = located[a];
      for (; r < stop; ++r) {
        pass_all(MakeInts<loop.phases>{}, v, row, windows, target, total, call, r);
        compute_all(all<&row_value, loop.phases>{}, v, {row, nullptr, windows, call});
        if constexpr (any_root(&stored_by_row, 0))
          put_rows(all_roots<&stored_by_row>{}, v, row, total, r);
        if constexpr (row_sums > 0) {
          const std::int64_t seen = r + 1 - call.row_begin;
          if (sums && (seen % block_rows == 0 || seen == rows))
            end_block(all_roots<&sums_rows>{}, sums, target, call, seen);
        }
#pragma GCC unroll 16
        for (int a = 0; a < loop.args; ++a) row[a] += step[a];
      }
    }
    if constexpr (row_sums > 0) {
      if (sums) end_sums(all_roots<&sums_rows>{}, sums, target, call);
    }
    if constexpr (any_root(&no_store, 0)) finish_all(all_roots<&no_store>{}, total, target, call);
  }

  template <int Q>
  ANSATZ_INLINE static void aim(T** target, T*& kept, const ir::LoopCall& call) {
    T* partial = static_cast<T*>(partial_of(call, Q));
    if constexpr (column_positions(Q)) {
      target[2 * Q] = partial ? partial : kept;
      target[2 * Q + 1] = target[2 * Q] + call.inner;
      kept += 2 * call.inner;
    } else {
      constexpr int arg = root(Q).arg;
      target[2 * Q] = partial ? partial : static_cast<T*>(call.args[arg].pointer);
    }
  }

  template <int... Q>
  ANSATZ_INLINE static void aim_all(Ints<Q...>, T** target, T*& kept, const ir::LoopCall& call) {
    (aim<Q>(target, kept, call), ...);
  }

  template <int... Q>
  ANSATZ_INLINE static void finish_all(Ints<Q...>, const Total<T>* total, T* const* target,
                                       const ir::LoopCall& call) {
    (finish_root<Q>(total, target, call), ...);
  }
  template <int Q>
  ANSATZ_INLINE static void finish_root(const Total<T>* total, T* const* target,
                                        const ir::LoopCall& call) {
    constexpr ir::Root q = root(Q);
    void* partial = partial_of(call, Q);
    const ir::LoopArg& operand = call.args[q.arg];
    if constexpr (q.kind == RootKind::reduce_all) {
      store_total<T>(q, total[Q], operand.pointer, partial);
    } else if (call.row_begin >= call.row_end) {
      store_no_rows<T>(q, static_cast<T*>(partial), operand, call.inner, call.column_begin,
                       call.column_end);
    } else if constexpr (column_positions(Q)) {
      if (!partial) {
        store_rows<T>(q, target[2 * Q], operand, call.column_begin, call.column_end);
      }
    }
  }
};

/// Loop L of the constant Source::plan (members code, roots, loops as in ir::Plan) over numbers
/// of type T; the meaning of a loop is at ir::Loop.
template <class Source, class T, int L>
void run_loop(const ir::LoopCall& call) {
  FusedLoop<Source, T, L>::run(call);
}

}  // namespace ANSATZ_ISA
}  // namespace ansatz::kernels
