// Sums, maxima and minima: the one definition of their order, for compiled and interpreted loops.
//
// A row is cut into chunks of 512 columns. Within a chunk, vector number i of the row goes to
// accumulator i % 4, lane by lane, the last vector padded with the identity; then
// (a0 + a1) + (a2 + a3); then the lanes by halves. The chunks of a row are added in order, in the
// program's precision, 16 of them; blocks of 16 chunks are added in double. A sum over rows
// (reduce_rows: over the examples, or over examples and pixels) adds 32 rows in order in the
// program's precision, and blocks of 32 rows in double. So the error of a sum does not grow with
// the number of its terms. A total over everything (reduce_all) adds chunks of all rows, or the
// rows' values, in double. Of equal maxima the first position counts; a NaN beats every number.
#pragma once

#include <dsl/kernels/simd.hpp>
#include <dsl/plan/plan.hpp>

namespace ansatz::kernels {

inline constexpr long chunk_columns = 512;
inline constexpr long block_chunks = 16;
inline constexpr long block_rows = 32;

constexpr bool finds_position(ir::Monoid m) {
  return m == ir::Monoid::argmax || m == ir::Monoid::argmin;
}
constexpr bool finds_maximum(ir::Monoid m) {
  return m == ir::Monoid::max || m == ir::Monoid::argmax;
}

template <class T>
constexpr T identity(ir::Monoid m) {
  constexpr T infinity = static_cast<T>(__builtin_inf());
  return m == ir::Monoid::sum ? T(0) : finds_maximum(m) ? -infinity : infinity;
}

/// A maximum or minimum and where it was found: a thread's share of a reduce_all.
template <class T>
struct Extremum {
  T value;
  std::int64_t position;  ///< -1: nothing seen yet
};

/// What a chunk or a row came to.
template <class T>
struct Reduced {
  T value;
  std::int64_t position;  ///< -1: nothing seen yet; not by default, which loops would do in vain
  double blocks;          ///< of a sum: the whole blocks before `value`

  /// Takes in what follows in order; of a sum, the chunk that starts at column `next_position`.
  template <ir::Monoid M>
  ANSATZ_INLINE void join(T next, std::int64_t next_position) {
    if constexpr (M == ir::Monoid::sum) {
      value += next;
      if (next_position / chunk_columns % block_chunks == block_chunks - 1) end_block();
    } else {
      const bool better = finds_maximum(M) ? next > value : next < value;
      if (better || (next != next && value == value) || position < 0) {
        value = next;
        position = next_position;
      }
    }
  }

  /// What a sum came to.
  ANSATZ_INLINE T sum() const {
    return blocks == 0 ? value : static_cast<T>(blocks + static_cast<double>(value));
  }

 private:
  ANSATZ_INLINE void end_block() {
    blocks += static_cast<double>(value);
    value = 0;
  }
};

/// A reduce_all on its way.
template <class T>
struct Total {
  double sum = 0;
  Reduced<T> best{T(0), -1, 0};

  template <ir::Monoid M>
  ANSATZ_INLINE void join(T next, std::int64_t position) {
    if constexpr (M == ir::Monoid::sum) {
      sum += static_cast<double>(next);
    } else {
      best.template join<M>(next, position);
    }
  }
};

/// Puts a total where it belongs: into the thread's `partial` if there is one (a double for sum,
/// else an Extremum<T>), else into the operand: its value, or for argmax and argmin its position,
/// as T or, of a root of labels, int32; the position in nothing is 0.
template <class T>
void store_total(const ir::Root& root, const Total<T>& total, void* operand, void* partial);

/// Reads a partial back, and joins the one of the next thread to it; then store_total.
template <class T>
Total<T> load_total(ir::Monoid m, const void* partial);
template <class T>
void join_totals(ir::Monoid m, Total<T>& total, const Total<T>& next);

/// A row's number where a value lies: of a float its bits, since float has not all of them.
template <class T>
T place_of_row(std::int64_t row) {
  if constexpr (sizeof(T) == 4)
    return __builtin_bit_cast(T, static_cast<std::int32_t>(row));
  else
    return static_cast<T>(row);
}
template <class T>
std::int64_t row_at(T place) {
  if constexpr (sizeof(T) == 4)
    return __builtin_bit_cast(std::int32_t, place);
  else
    return static_cast<std::int64_t>(place);
}

/// The same for reduce_rows. A partial holds `inner` numbers; of argmax and argmin the positions
/// (places of rows, -1: no row seen) followed by as many values. join_rows takes `next` into
/// `partial`; store_rows puts it into the operand. Columns [begin, end) only.
template <class T>
void join_rows(ir::Monoid m, T* partial, const T* next, long inner, long begin, long end);
template <class T>
void store_rows(const ir::Root& root, const T* partial, const ir::LoopArg& operand, long begin,
                long end);
/// What reduce_rows of no rows comes to, into a partial or, if that is null, into the operand.
template <class T>
void store_no_rows(const ir::Root& root, T* partial, const ir::LoopArg& operand, long inner,
                   long begin, long end);
/// A sum over rows: takes columns [begin, end) of the block of rows that `block` (column c at
/// c * stride) came to into `sums`, which the first block begins; and the result into `out`.
template <class T>
void add_block(double* sums, const T* block, std::int64_t stride, long begin, long end, bool first);
template <class T>
void store_sums(const double* sums, T* out, std::int64_t stride, long begin, long end);
/// Memory of this thread for the sums of whole blocks.
double* sums_of_blocks(long count);
/// Memory of this thread for the values belonging to positions that go straight to an operand.
template <class T>
T* best_of_columns(long count);

inline namespace ANSATZ_ISA {

/// x in the first n lanes, the identity after them.
template <ir::Monoid M, class T>
ANSATZ_INLINE simd<T> padded(simd<T> x, long n) {
  return select(simd<T>::lanes() < simd<T>(static_cast<T>(n)), x, simd<T>(identity<T>(M)));
}

/// Whether x replaces `best`, which came before it.
template <ir::Monoid M, class T>
ANSATZ_INLINE mask<T> replaces(simd<T> x, simd<T> best) {
  return (finds_maximum(M) ? x > best : x < best) || (x != x && best == best);
}

/// a, then b.
template <ir::Monoid M, class T>
ANSATZ_INLINE simd<T> join(simd<T> a, simd<T> b) {
  if constexpr (M == ir::Monoid::sum) {
    return a + b;
  } else {
    return finds_maximum(M) ? max(a, b) : min(a, b);
  }
}

/// The four accumulators of a chunk. They change places instead of being numbered, so that the
/// loop over the vectors needs no copy of its body for each.
template <class T>
struct Gather {
  using S = simd<T>;
  S a0, a1, a2, a3;
  S p0, p1, p2, p3;  // positions within the chunk

  template <ir::Monoid M>
  ANSATZ_INLINE void clear() {
    a0 = a1 = a2 = a3 = S(identity<T>(M));
    if constexpr (finds_position(M)) p0 = p1 = p2 = p3 = S(static_cast<T>(__builtin_inf()));
  }

  /// The vector whose first column is column `at` of the chunk.
  template <ir::Monoid M>
  ANSATZ_INLINE void add(S x, long at) {
    if constexpr (finds_position(M)) {
      const mask<T> better = replaces<M>(x, a0);
      const S position = select(better, S::lanes() + S(static_cast<T>(at)), p0);
      x = select(better, x, a0);
      p0 = p1, p1 = p2, p2 = p3, p3 = position;
    } else {
      x = join<M>(a0, x);
    }
    a0 = a1, a1 = a2, a2 = a3, a3 = x;
  }

  /// The result of `vectors` vectors, into what came before in the row; the chunk's first column
  /// is `start`.
  template <ir::Monoid M, class Result>
  ANSATZ_INLINE void finish(long vectors, std::int64_t start, Result& result) {
    S all, far = S(static_cast<T>(__builtin_inf())), p = far;
    T best;
    if (vectors == 1) {
      // Rows shorter than a register: the other accumulators hold the identity.
      all = a3;
      best = across<M>(all);
      if constexpr (finds_position(M)) p = select(found(a3, best), p3, far);
    } else {
      if (vectors & 1) turn<M>();
      if (vectors & 2) turn<M>(), turn<M>();
      all = kernels::join<M>(kernels::join<M>(a0, a1), kernels::join<M>(a2, a3));
      best = across<M>(all);
      if constexpr (finds_position(M)) {
        p = min(min(select(found(a0, best), p0, far), select(found(a1, best), p1, far)),
                min(select(found(a2, best), p2, far), select(found(a3, best), p3, far)));
      }
    }
    if constexpr (finds_position(M)) {
      const T position = horizontal_min(p);
      // In a chunk of nothing but the identity no lane was ever replaced.
      const bool some = position < static_cast<T>(chunk_columns);
      result.template join<M>(best, start + (some ? static_cast<std::int64_t>(position) : 0));
    } else {
      result.template join<M>(best, start);
    }
  }

 private:
  template <ir::Monoid M>
  ANSATZ_INLINE void turn() {
    const S last = a3;
    a3 = a2, a2 = a1, a1 = a0, a0 = last;
    if constexpr (finds_position(M)) {
      const S last_position = p3;
      p3 = p2, p2 = p1, p1 = p0, p0 = last_position;
    }
  }
  template <ir::Monoid M>
  ANSATZ_INLINE static T across(S all) {
    if constexpr (M == ir::Monoid::sum) {
      return horizontal_sum(all);
    } else {
      return finds_maximum(M) ? horizontal_max(all) : horizontal_min(all);
    }
  }
  ANSATZ_INLINE static mask<T> found(S x, S best) { return x == best || (x != x && best != best); }
};

}  // namespace ANSATZ_ISA
}  // namespace ansatz::kernels
