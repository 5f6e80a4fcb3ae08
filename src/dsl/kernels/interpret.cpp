// Loops by blocks: each instruction is one call over a tile of rows, so that its cost is that of
// the arithmetic. Operands are read, and results written, where they lie whenever a tile is
// contiguous in memory.
#include <dsl/kernels/interpret.hpp>
#include <dsl/kernels/loop.hpp>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>

#include "with_monoid.hpp"
#include "workspace.hpp"

namespace ansatz::kernels {

using ir::Code;
using ir::DType;
using ir::Level;
using ir::Monoid;
using ir::RootKind;
using ir::Walk;

namespace {

constexpr std::int64_t nowhere = INT64_MIN;

template <class T>
ir::BlockFn<T> block_function(const ir::OpInfo& op) {
  ir::BlockFn<T> f;
  if constexpr (sizeof(T) == 4) {
    f = op.block_float;
  } else {
    f = op.block_double;
  }
  if (!f) {
    throw std::runtime_error(std::string("a loop at run time uses the op '") + op.name +
                             "', which has no block function for " +
                             (sizeof(T) == 4 ? "float" : "double"));
  }
  return f;
}

template <Monoid M, class T, class Result>
void reduce_chunk(const T* x, long n, std::int64_t start, Result& result) {
  using S = simd<T>;
  Gather<T> gather;
  gather.template clear<M>();
  long c = 0;
  for (; c + S::width <= n; c += S::width) gather.template add<M>(S::load(x + c), c);
  if (c < n) gather.template add<M>(padded<M>(S::load_partial(x + c, n - c), n - c), c);
  gather.template finish<M>((n + S::width - 1) / S::width, start, result);
}

template <class T>
void fill(T* out, T number, long n) {
  long i = 0;
  for (; i + simd<T>::width <= n; i += simd<T>::width) simd<T>(number).store(out + i);
  for (; i < n; ++i) out[i] = number;
}

template <class T>
class Interpreter {
 public:
  using S = simd<T>;
  using Kind = Recipe::Kind;
  static constexpr long tile_size = tile_elements<T>;
  /// With room for a register too many, and not a multiple of 4096 bytes, which processors take
  /// for the same address at first.
  static constexpr long slot_size = tile_size + 64;

  Interpreter(const ir::LoopCall& call, Workspace<T>& space)
      : call_(call), space_(space), columns_(call.column_end - call.column_begin) {
    whole_rows_ = columns_ <= chunk_columns;
    recipe_ = &find_recipe();
    const ir::Loop& loop = recipe_->loop;
    if (whole_rows_ && !one_row_) choose_rows();
    for (const ir::Instr& i : recipe_->code) reduces_ |= i.code == Code::reduce;
    for (const ir::Root& r : recipe_->roots) reduces_ |= r.kind == RootKind::reduce_all;
    slots_ = space.blocks.reserve((recipe_->slots + loop.instrs) * slot_size);
    row_values_ = space.rows.reserve(loop.instrs * tile_size);
    at_ = space.at.reserve(recipe_->ids);
    padded_ = space.padded.reserve(recipe_->ids);
    row_ = space.addresses.reserve(2 * loop.args);
    step_ = row_ + loop.args;
    reduced_ = space.reduced.reserve(loop.instrs * tile_size);
    totals_ = space.totals.reserve(loop.roots);
    targets_ = space.targets.reserve(2 * loop.roots);
    filled_from_ = space.filled_from.reserve(loop.instrs);
  }

  void run() {
    const ir::Loop& loop = recipe_->loop;
    space_.constants.begin();
    for (int i = 0; i < loop.instrs; ++i) filled_from_[i] = nowhere;
    for (int id = 0; id < recipe_->ids; ++id) padded_[id] = true;
    for (int i : recipe_->uniform) at_[i] = space_.constants.block(uniform_value(i));
    begin_roots();
    const int last = call_.outer_rank > 0 ? call_.outer_rank - 1 : 0;
    for (int a = 0; a < loop.args; ++a) step_[a] = call_.args[a].stride[last] * size(a);
    for (std::int64_t r = call_.row_begin; r < call_.row_end;) {
      const std::int64_t stop = locate_row(call_, recipe_->sizes.data(), loop.args, r, row_);
      while (r < stop) {
        rows_ = stop - r < rows_at_once_ ? static_cast<long>(stop - r) : rows_at_once_;
        first_row_ = r;
        run_tile();
        r += rows_;
        for (int a = 0; a < loop.args; ++a) row_[a] += rows_ * step_[a];
      }
    }
    finish_roots();
  }

 private:
  const ir::Instr& code(int i) const { return recipe_->code[i]; }
  const ir::Root& root(int r) const { return recipe_->roots[r]; }
  int size(int a) const { return recipe_->sizes[a]; }
  T* row_value(int i) { return row_values_ + i * tile_size; }

  // ------------------------------------------------------------------ preparation

  /// Rows of a tile; if possible their elements fill registers.
  void choose_rows() {
    rows_at_once_ = columns_ > 0 ? tile_size / columns_ : tile_size;
    if (rows_at_once_ >= call_.row_end - call_.row_begin) {
      rows_at_once_ = call_.row_end - call_.row_begin;
      return;
    }
    long filling = 1;
    while (filling * columns_ % S::width != 0) filling *= 2;
    if (rows_at_once_ > filling) rows_at_once_ -= rows_at_once_ % filling;
  }

  /// Whether an operand is the memory of one row, used for every row.
  bool one_row_of(int arg) const {
    std::int64_t rows = 1;
    for (int d = 0; d < call_.outer_rank; ++d) {
      if (call_.outer[d] != 1 && call_.args[arg].stride[d] != 0) return false;
      rows *= call_.outer[d];
    }
    return rows > 1;
  }

  /// The recipe, arranged for this call: which spills are kept in blocks depends on where the
  /// operands lie.
  Recipe& find_recipe() {
    const ir::Instr* first = call_.code + call_.loop->first_instr;
    // Two recipes a loop, for short rows and long: told apart by the address within the first
    // instruction.
    const void* key = reinterpret_cast<const char*>(first) + (whole_rows_ ? 1 : 0);
    if (space_.recipes.size() > 4096) space_.recipes.clear();
    Recipe& recipe = space_.recipes[key];
    recipe_ = &recipe;
    const bool fresh = recipe.phases.empty() || !recipe.matches(call_);
    if (fresh) {
      recipe.read(call_);
      for (int& s : recipe.sizes) {
        if (s < 0) s = sizeof(T);
      }
    }
    choose_spills(recipe);
    bool same = !fresh && space_.dropped == recipe.dropped;
    for (std::size_t s = 0; same && s < recipe.spills.size(); ++s) {
      same = recipe.spills[s].kept == space_.kept[s];
    }
    if (!same) recipe.arrange(space_.kept, space_.dropped);
    return recipe;
  }

  void choose_spills(const Recipe& recipe) {
    std::vector<bool>&kept = space_.kept, &dropped = space_.dropped;
    kept.assign(recipe.spills.size(), false);
    dropped.assign(recipe.loop.roots, false);
    if (!whole_rows_) return;
    const auto phase = [&](int r) { return recipe.code[recipe.roots[r].value].phase; };
    for (std::size_t s = 0; s < recipe.spills.size(); ++s) {
      const auto [r, load, was] = recipe.spills[s];
      const ir::Root& from = recipe.roots[r];
      const ir::Instr& to = recipe.code[load];
      if (!same_memory(from.arg, to.arg)) continue;
      // The store of the latest phase before the load is what the load reads.
      bool latest = true;
      for (const auto& other : recipe.spills) {
        latest &= other.load != load || phase(other.root) <= phase(r) || other.root == r ||
                  !same_memory(recipe.roots[other.root].arg, to.arg);
      }
      kept[s] = latest && from.walk == Walk::contiguous && to.walk == Walk::contiguous &&
                from.type == DType::real && to.type == DType::real &&
                recipe.code[from.value].code != Code::load;
      if (latest && !kept[s] && one_row_of(from.arg)) one_row_ = true;
    }
    for (int r = 0; r < recipe.loop.roots; ++r) {
      if (recipe.roots[r].kind != RootKind::store || !recipe.full(recipe.roots[r].value) ||
          !one_row_of(recipe.roots[r].arg)) {
        continue;
      }
      for (std::size_t s = 0; s < kept.size(); ++s) {
        if (kept[s] && recipe.spills[s].root == r) dropped[r] = true;
      }
      if (!dropped[r]) one_row_ = true;
    }
    // Memory of one row that is not replaced by blocks must see one row after the other.
    if (one_row_) {
      kept.assign(kept.size(), false);
      dropped.assign(dropped.size(), false);
    }
  }

  bool same_memory(int a, int b) const {
    if (call_.args[a].pointer != call_.args[b].pointer) return false;
    for (int d = 0; d < call_.outer_rank; ++d) {
      if (call_.outer[d] != 1 && call_.args[a].stride[d] != call_.args[b].stride[d]) return false;
    }
    return true;
  }

  // ------------------------------------------------------------------ values for the whole loop

  T uniform_value(int i) {
    const ir::Instr& k = code(i);
    T result[S::width];
    if (k.code == Code::uniform || k.code == Code::load) {
      const void* p = call_.args[k.arg].pointer;
      result[0] = k.type == DType::index ? static_cast<T>(*static_cast<const std::int32_t*>(p))
                                         : *static_cast<const T*>(p);
    } else if (k.code == Code::iota) {
      result[0] = static_cast<T>(call_.args[k.arg].position);
    } else if (k.code == Code::random) {
      draw(k, call_.args[k.arg].position, 1, 1, result);
    } else {
      const T* in[3] = {};
      for (int o = 0; o < k.op->arity; ++o) in[o] = at_[k.in[o]];
      block_function<T> (*k.op)(in, result, S::width);
    }
    return result[0];
  }

  void draw(const ir::Instr& k, std::int64_t position, std::int64_t stride, long n, T* out) {
    const int site = call_.args[k.arg].site;
    const bool uniform = static_cast<ir::Random>(k.variant) == ir::Random::uniform;
    const long at_once = stride == 1 ? n : 1;
    for (long i = 0; i < n; i += at_once) {
      if (uniform) {
        fill_uniform(call_.random, site, position + i * stride, out + i, at_once);
      } else {
        fill_normal(call_.random, site, position + i * stride, out + i, at_once);
      }
    }
  }

  void* partial(int r) const { return call_.partial ? call_.partial[r] : nullptr; }
  Monoid monoid(int r) const { return static_cast<Monoid>(root(r).variant); }
  bool column_positions(int r) const {
    return root(r).kind == RootKind::reduce_rows && finds_position(monoid(r));
  }

  bool sums_rows(int r) const {
    return root(r).kind == RootKind::reduce_rows && monoid(r) == Monoid::sum;
  }
  double* sums_of(int r) const {
    double* sums = sums_;
    for (int k = 0; k < r; ++k) sums += sums_rows(k) ? call_.inner : 0;
    return sums;
  }
  std::int64_t column_stride(int r) const {
    if (root(r).walk == Walk::contiguous || partial(r)) return 1;
    return call_.args[root(r).arg].stride[ir::inner_axis];
  }

  void begin_roots() {
    const int roots = recipe_->loop.roots;
    long positions = 0, sums = 0;
    for (int r = 0; r < roots; ++r) positions += column_positions(r), sums += sums_rows(r);
    sums_ = sums && call_.row_end - call_.row_begin > block_rows
                ? sums_of_blocks(sums * call_.inner)
                : nullptr;
    T* kept = positions ? best_of_columns<T>(positions * 2 * call_.inner) : nullptr;
    for (int r = 0; r < roots; ++r) {
      totals_[r] = {};
      totals_[r].best.value = identity<T>(monoid(r));
      if (root(r).kind != RootKind::reduce_rows) continue;
      T* to = static_cast<T*>(partial(r));
      if (column_positions(r)) {
        targets_[2 * r] = to ? to : kept;
        targets_[2 * r + 1] = targets_[2 * r] + call_.inner;
        kept += 2 * call_.inner;
      } else {
        targets_[2 * r] = to ? to : static_cast<T*>(call_.args[root(r).arg].pointer);
      }
    }
  }

  void finish_roots() {
    for (int r = 0; r < recipe_->loop.roots; ++r) {
      const ir::Root& q = root(r);
      const ir::LoopArg& operand = call_.args[q.arg];
      if (q.kind == RootKind::reduce_all) {
        store_total<T>(q, totals_[r], operand.pointer, partial(r));
      } else if (q.kind == RootKind::reduce_rows && call_.row_begin >= call_.row_end) {
        store_no_rows<T>(q, static_cast<T*>(partial(r)), operand, call_.inner, call_.column_begin,
                         call_.column_end);
      } else if (sums_ && sums_rows(r)) {
        store_sums<T>(sums_of(r), targets_[2 * r], column_stride(r), call_.column_begin,
                      call_.column_end);
      } else if (column_positions(r) && !partial(r)) {
        store_rows<T>(q, targets_[2 * r], operand, call_.column_begin, call_.column_end);
      }
    }
  }

  // ------------------------------------------------------------------ tiles

  void run_tile() {
    const int phases = recipe_->loop.phases;
    for (int p = 0; p < phases; ++p) {
      run_rows(p);
      const auto& work = recipe_->phases[p].work;
      if (work.empty()) continue;
      for (const Recipe::Work& w : work) {
        if (w.kind != Kind::reduce) continue;
        Reduced<T>* reduced = reduced_ + w.index * tile_size;
        const T none = identity<T>(static_cast<Monoid>(code(w.index).variant));
        for (long k = 0; k < rows_; ++k) reduced[k] = {none, -1, 0};
      }
      const long chunk = reduces_ ? chunk_columns : tile_size;
      for (long c = call_.column_begin; c < call_.column_end; c += chunk) {
        const long rest = call_.column_end - c;
        column_ = c;
        width_ = rest < chunk ? rest : chunk;
        for (const Recipe::Work& w : work) do_work(w);
      }
      for (const Recipe::Work& w : work) {
        if (w.kind == Kind::reduce) end_reduction(w.index);
      }
    }
    run_rows(phases);
    for (int r = 0; r < recipe_->loop.roots; ++r) {
      if (!recipe_->full(root(r).value)) put_rows(r);
    }
  }

  void end_reduction(int i) {
    const Reduced<T>* reduced = reduced_ + i * tile_size;
    const auto m = static_cast<Monoid>(code(i).variant);
    T* out = row_value(i);
    for (long k = 0; k < rows_; ++k) {
      const std::int64_t at = reduced[k].position < 0 ? 0 : reduced[k].position;
      out[k] = finds_position(m)  ? static_cast<T>(at)
               : m == Monoid::sum ? reduced[k].sum()
                                  : reduced[k].value;
    }
  }

  /// Row instructions, for all rows of the tile at once.
  void run_rows(int phase) {
    for (int i : recipe_->phases[phase].row) {
      const ir::Instr& k = code(i);
      T* out = row_value(i);
      if (k.code == Code::load && k.type == DType::index) {
        for (long j = 0; j < rows_; ++j) {
          out[j] = static_cast<T>(
              *reinterpret_cast<const std::int32_t*>(row_[k.arg] + j * step_[k.arg]));
        }
      } else if (k.code == Code::load) {
        for (long j = 0; j < rows_; ++j) {
          out[j] = *reinterpret_cast<const T*>(row_[k.arg] + j * step_[k.arg]);
        }
      } else if (k.code == Code::iota) {
        for (long j = 0; j < rows_; ++j) out[j] = static_cast<T>(row_[k.arg] + j * step_[k.arg]);
      } else if (k.code == Code::random) {
        draw(k, row_[k.arg], step_[k.arg], rows_, out);
      } else {
        const T* in[3] = {};
        for (int o = 0; o < k.op->arity; ++o) in[o] = row_operand(k.in[o]);
        block_function<T> (*k.op)(in, out, filled_up(rows_));
      }
    }
  }

  const T* row_operand(int i) { return recipe_->uniform_value(i) ? at_[i] : row_value(i); }

  void put_rows(int r) {
    const ir::Root& q = root(r);
    const T* values = row_operand(q.value);
    if (q.kind == RootKind::reduce_all) {
      with_monoid(Monoid{q.variant}, [&]<Monoid M>() {
        for (long j = 0; j < rows_; ++j) {
          totals_[r].template join<M>(values[j], first_row_ + j);
        }
      });
    } else if (q.kind == RootKind::store && q.type == DType::index) {
      for (long j = 0; j < rows_; ++j) {
        *reinterpret_cast<std::int32_t*>(row_[q.arg] + j * step_[q.arg]) =
            static_cast<std::int32_t>(values[j]);
      }
    } else if (q.kind == RootKind::store) {
      for (long j = 0; j < rows_; ++j) {
        *reinterpret_cast<T*>(row_[q.arg] + j * step_[q.arg]) = values[j];
      }
    }
  }

  // ------------------------------------------------------------------ work on a tile's columns

  long count() const { return rows_ * width_; }
  static long filled_up(long n) { return (n + S::width - 1) / S::width * S::width; }
  /// Whether the rows of the tile follow each other in memory without gaps.
  bool gapless(int arg) const { return rows_ == 1 || step_[arg] == width_ * size(arg); }
  template <class E>
  E* address(int arg, long row) const {
    return reinterpret_cast<E*>(row_[arg] + row * step_[arg]);
  }
  T* slot(const Recipe::Work& w) { return slots_ + w.slot * slot_size; }

  void do_work(const Recipe::Work& w) {
    switch (w.kind) {
      case Kind::load:
        return load(w);
      case Kind::iota:
      case Kind::random:
        return produce(w);
      case Kind::spread:
        return spread(w);
      case Kind::apply:
        return apply(w);
      case Kind::reduce:
        return with_monoid(Monoid{code(w.index).variant}, [&]<Monoid M>() {
          Reduced<T>* reduced = reduced_ + w.index * tile_size;
          for (long k = 0; k < rows_; ++k) {
            reduce_chunk<M>(at_[w.in[0]] + k * width_, width_, column_, reduced[k]);
          }
        });
      case Kind::total:
        return with_monoid(Monoid{root(w.index).variant}, [&]<Monoid M>() {
          for (long k = 0; k < rows_; ++k) {
            reduce_chunk<M>(at_[w.in[0]] + k * width_, width_,
                            (first_row_ + k) * call_.inner + column_, totals_[w.index]);
          }
        });
      case Kind::rows:
        return with_monoid(Monoid{root(w.index).variant},
                           [&]<Monoid M>() { join_columns<M>(w.index, at_[w.in[0]]); });
      case Kind::store:
        return store(w);
    }
  }

  void load(const Recipe::Work& w) {
    const ir::Instr& k = code(w.index);
    if (k.walk == Walk::contiguous && k.type == DType::real && !w.copied && gapless(k.arg)) {
      at_[w.out] = address<const T>(k.arg, 0) + column_;
      padded_[w.out] = false;
    } else {
      padded_[w.out] = true;
      produce(w);
    }
  }

  /// A block of a load, iota or random, written row by row; rows that are all the same only once,
  /// into memory of its own.
  void produce(const Recipe::Work& w) {
    const ir::Instr& k = code(w.index);
    const bool alike = rows_at_once_ > 1 && step_[k.arg] == 0;
    if (alike && filled_from_[w.index] == row_[k.arg]) return;
    T* out = alike ? slots_ + (recipe_->slots + w.index) * slot_size : slot(w);
    at_[w.out] = out;
    if (!alike) {
      if (k.code == Code::random && gapless(k.arg) &&
          call_.args[k.arg].stride[ir::inner_axis] == 1) {
        return draw(k, row_[k.arg] + column_, 1, count(), out);
      }
      for (long j = 0; j < rows_; ++j) produce_row(k, j, out + j * width_);
      return;
    }
    produce_row(k, 0, out);
    const long all = rows_at_once_ * width_;
    for (long have = width_; have < all; have *= 2) {
      std::memcpy(out + have, out, sizeof(T) * (all - have < have ? all - have : have));
    }
    filled_from_[w.index] = row_[k.arg];
  }

  void produce_row(const ir::Instr& k, long j, T* out) {
    const std::int64_t stride = call_.args[k.arg].stride[ir::inner_axis];
    if (k.code == Code::random) {
      draw(k, row_[k.arg] + j * step_[k.arg] + column_ * stride, stride, width_, out);
    } else if (k.code == Code::iota) {
      const std::int64_t first = row_[k.arg] + j * step_[k.arg] + column_ * stride;
      for (long c = 0; c < width_; ++c) out[c] = static_cast<T>(first + c * stride);
    } else if (k.type == DType::index) {
      copy_row(address<const std::int32_t>(k.arg, j), k.walk, stride, out);
    } else if (k.walk == Walk::contiguous) {
      std::memcpy(out, address<const T>(k.arg, j) + column_, sizeof(T) * width_);
    } else {
      copy_row(address<const T>(k.arg, j), k.walk, stride, out);
    }
  }
  template <class E>
  void copy_row(const E* in, Walk walk, std::int64_t stride, T* out) {
    if (walk == Walk::fixed) return fill(out, static_cast<T>(*in), width_);
    if (walk == Walk::contiguous) stride = 1;
    for (long c = 0; c < width_; ++c) out[c] = static_cast<T>(in[(column_ + c) * stride]);
  }

  void spread(const Recipe::Work& w) {
    T* out = slot(w);
    const T* in = row_value(w.index);
    // Whole registers; what is too much of one row, the next one overwrites.
    for (long j = 0; j < rows_; ++j) {
      const S number(in[j]);
      for (long c = 0; c < width_; c += S::width) number.store(out + j * width_ + c);
    }
    at_[w.out] = out;
  }

  void apply(const Recipe::Work& w) {
    const ir::OpInfo& op = *code(w.index).op;
    const T* in[3] = {};
    for (int o = 0; o < op.arity; ++o) in[o] = at_[w.in[o]];
    T* out = slot(w);
    padded_[w.out] = true;
    if (w.direct >= 0 && gapless(root(w.direct).arg)) {
      T* memory = address<T>(root(w.direct).arg, 0) + column_;
      if (!read_later(w, memory)) out = memory, padded_[w.out] = false;
    }
    at_[w.out] = out;
    const ir::BlockFn<T> f = block_function<T>(op);
    const long n = count(), rest = n % S::width;
    bool padded = padded_[w.out];
    for (int o = 0; o < op.arity; ++o) padded = padded && padded_[w.in[o]];
    if (rest == 0 || padded) return f(in, out, filled_up(n));
    // Whole registers first, the rest by way of blocks that have room for one more.
    const long whole = n - rest;
    if (whole > 0) f(in, out, whole);
    T operands[3][S::width] = {}, result[S::width];
    for (int o = 0; o < op.arity; ++o) {
      std::memcpy(operands[o], in[o] + whole, sizeof(T) * rest);
      in[o] = operands[o];
    }
    f(in, result, S::width);
    std::memcpy(out + whole, result, sizeof(T) * rest);
  }

  /// Whether a block still to be read, or part of an operand that does not start where the result
  /// does, lies in the memory a result would be written into.
  bool read_later(const Recipe::Work& w, const T* memory) const {
    const T* end = memory + count();
    for (int i = w.live_begin; i < w.live_end; ++i) {
      const T* block = at_[recipe_->live[i]];
      if (block < end && memory < block + count()) return true;
    }
    for (int in : w.in) {
      if (in < 0) continue;
      const T* block = at_[in];
      if (block != memory && block < end && memory < block + count()) return true;
    }
    return false;
  }

  void store(const Recipe::Work& w) {
    const ir::Root& q = root(w.index);
    const T* in = at_[w.in[0]];
    const std::int64_t stride = call_.args[q.arg].stride[ir::inner_axis];
    for (long j = 0; j < rows_; ++j, in += width_) {
      if (q.type == DType::index) {
        auto* out = address<std::int32_t>(q.arg, j);
        for (long c = 0; c < width_; ++c) {
          out[(column_ + c) * (q.walk == Walk::contiguous ? 1 : stride)] =
              static_cast<std::int32_t>(in[c]);
        }
      } else if (q.walk == Walk::contiguous) {
        T* out = address<T>(q.arg, j) + column_;
        if (out != in) std::memcpy(out, in, sizeof(T) * width_);
      } else {
        T* out = address<T>(q.arg, j);
        for (long c = 0; c < width_; ++c) out[(column_ + c) * stride] = in[c];
      }
    }
  }

  template <Monoid M>
  void join_columns(int r, const T* block) {
    if constexpr (M == Monoid::sum) {
      for (long row = 0; row < rows_;) {
        const std::int64_t seen = first_row_ + row - call_.row_begin;
        const long in_block = static_cast<long>(seen % block_rows);
        const long end = std::min(rows_, row + block_rows - in_block);
        join_rows_of<M>(r, block, row, end, in_block == 0);
        const std::int64_t rows = seen + end - row, all = call_.row_end - call_.row_begin;
        if (sums_ && (rows % block_rows == 0 || rows == all))
          add_block<T>(sums_of(r), targets_[2 * r], column_stride(r), column_, column_ + width_,
                       rows <= block_rows);
        row = end;
      }
    } else {
      join_rows_of<M>(r, block, 0, rows_, first_row_ == call_.row_begin);
    }
  }
  /// Rows [begin, end) of the tile; `first`: nothing was joined before them.
  template <Monoid M>
  void join_rows_of(int r, const T* block, long begin, long end, bool first) {
    T* to = targets_[2 * r];
    const std::int64_t stride = finds_position(M) ? 1 : column_stride(r);
    block += begin * width_;
    const long rows = end - begin;
    for (long c = 0; c < width_; c += S::width) {
      const long n = width_ - c < S::width ? width_ - c : S::width;
      T* p = to + (column_ + c) * stride;
      if constexpr (finds_position(M)) {
        T* values = targets_[2 * r + 1] + column_ + c;
        S best = S::load_partial(values, n), position = S::load_partial(p, n);
        for (long j = 0; j < rows; ++j) {
          const S x = S::load_partial(block + j * width_ + c, n);
          mask<T> better = replaces<M>(x, best);
          if (first && j == 0) better = x == x || x != x;
          best = select(better, x, best);
          position = select(better, S(place_of_row<T>(first_row_ + begin + j)), position);
        }
        best.store_partial(values, n);
        position.store_partial(p, n);
      } else {
        S sum = first ? take(block + c, n) : stride == 1 ? take(p, n) : S::gather(p, stride, n);
        for (long j = first ? 1 : 0; j < rows; ++j) {
          sum = join<M>(sum, take(block + j * width_ + c, n));
        }
        if (stride != 1) {
          sum.scatter(p, stride, n);
        } else if (n == S::width) {
          sum.store(p);
        } else {
          sum.store_partial(p, n);
        }
      }
    }
  }
  static S take(const T* p, long n) { return n == S::width ? S::load(p) : S::load_partial(p, n); }

  const ir::LoopCall& call_;
  Workspace<T>& space_;
  long columns_;
  bool whole_rows_ = false, one_row_ = false, reduces_ = false;
  Recipe* recipe_ = nullptr;
  T* slots_ = nullptr;
  T* row_values_ = nullptr;
  const T** at_ = nullptr;
  bool* padded_ = nullptr;
  std::int64_t *row_ = nullptr, *step_ = nullptr;
  Reduced<T>* reduced_ = nullptr;
  Total<T>* totals_ = nullptr;
  T** targets_ = nullptr;
  double* sums_ = nullptr;               ///< of whole blocks, for each sum over rows
  std::int64_t* filled_from_ = nullptr;  ///< row address a block of equal rows was read from

  long rows_at_once_ = 1;
  long rows_ = 0;  ///< of the current tile
  std::int64_t first_row_ = 0;
  long column_ = 0, width_ = 0;  ///< of the current chunk
};

}  // namespace

template <class T>
void interpret_loop(const ir::LoopCall& call) {
  thread_local Workspace<T> space;
  Interpreter<T>(call, space).run();
}
template void interpret_loop<float>(const ir::LoopCall&);
template void interpret_loop<double>(const ir::LoopCall&);

}  // namespace ansatz::kernels
