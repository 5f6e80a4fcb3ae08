// What compiled and interpreted loops share and need not be compiled with every loop.
#include <dsl/kernels/loop.hpp>

#include <memory>

#include "with_monoid.hpp"

namespace ansatz::kernels {

using ir::Monoid;

std::int64_t locate_row(const ir::LoopCall& call, const int* sizes, int args, std::int64_t r,
                        std::int64_t* row) {
  const int last = call.outer_rank > 0 ? call.outer_rank - 1 : 0;
  std::int64_t index[ir::outer_axes] = {}, rest = r;
  for (int d = last; d > 0; --d) index[d] = rest % call.outer[d], rest /= call.outer[d];
  index[0] = rest;
  for (int a = 0; a < args; ++a) {
    std::int64_t offset = 0;
    for (int d = 0; d < call.outer_rank; ++d) offset += index[d] * call.args[a].stride[d];
    row[a] = call.args[a].position + offset * sizes[a];
  }
  if (call.outer_rank < 2) return call.row_end;
  const std::int64_t stop = r + call.outer[last] - index[last];
  return stop < call.row_end ? stop : call.row_end;
}

namespace {

template <class T>
void put(ir::DType type, void* operand, std::int64_t at, T number) {
  if (type == ir::DType::index) {
    static_cast<std::int32_t*>(operand)[at] = static_cast<std::int32_t>(number);
  } else {
    static_cast<T*>(operand)[at] = number;
  }
}

}  // namespace

template <class T>
void store_total(const ir::Root& root, const Total<T>& total, void* operand, void* partial) {
  const auto m = static_cast<Monoid>(root.variant);
  if (partial && m == Monoid::sum) {
    *static_cast<double*>(partial) = total.sum;
  } else if (partial) {
    *static_cast<Extremum<T>*>(partial) = {total.best.value, total.best.position};
  } else if (finds_position(m)) {
    const std::int64_t position = total.best.position < 0 ? 0 : total.best.position;
    if (root.type == ir::DType::index) {
      *static_cast<std::int32_t*>(operand) = static_cast<std::int32_t>(position);
    } else {
      *static_cast<T*>(operand) = static_cast<T>(position);
    }
  } else {
    put<T>(root.type, operand, 0, m == Monoid::sum ? static_cast<T>(total.sum) : total.best.value);
  }
}

template <class T>
Total<T> load_total(Monoid m, const void* partial) {
  Total<T> total;
  if (m == Monoid::sum) {
    total.sum = *static_cast<const double*>(partial);
    total.best.value = 0;
  } else {
    const auto& best = *static_cast<const Extremum<T>*>(partial);
    total.best = {best.value, best.position, 0};
  }
  return total;
}

template <class T>
void join_totals(Monoid m, Total<T>& total, const Total<T>& next) {
  if (m == Monoid::sum) {
    total.sum += next.sum;
  } else if (next.best.position >= 0) {
    with_monoid(
        m, [&]<Monoid M>() { total.best.template join<M>(next.best.value, next.best.position); });
  }
}

template <class T>
void join_rows(Monoid m, T* partial, const T* next, long inner, long begin, long end) {
  with_monoid(m, [&]<Monoid M>() {
    if constexpr (finds_position(M)) {
      for (long c = begin; c < end; ++c) {
        const std::int64_t place = row_at(next[c]);
        if (place < 0) continue;
        Reduced<T> best{partial[inner + c], row_at(partial[c]), 0};
        best.template join<M>(next[inner + c], place);
        partial[c] = place_of_row<T>(best.position);
        partial[inner + c] = best.value;
      }
    } else {
      using S = simd<T>;
      for (long c = begin; c < end; c += S::width) {
        const long n = end - c;
        if (n >= S::width) {
          join<M>(S::load(partial + c), S::load(next + c)).store(partial + c);
        } else {
          join<M>(S::load_partial(partial + c, n), S::load_partial(next + c, n))
              .store_partial(partial + c, n);
        }
      }
    }
  });
}

template <class T>
void store_rows(const ir::Root& root, const T* partial, const ir::LoopArg& operand, long begin,
                long end) {
  const bool position = finds_position(static_cast<Monoid>(root.variant));
  for (long c = begin; c < end; ++c) {
    const std::int64_t at = c * operand.stride[ir::inner_axis];
    const std::int64_t row = position && row_at(partial[c]) > 0 ? row_at(partial[c]) : 0;
    if (position && root.type == ir::DType::index)
      static_cast<std::int32_t*>(operand.pointer)[at] = static_cast<std::int32_t>(row);
    else
      put<T>(root.type, operand.pointer, at, position ? static_cast<T>(row) : partial[c]);
  }
}

template <class T>
void store_no_rows(const ir::Root& root, T* partial, const ir::LoopArg& operand, long inner,
                   long begin, long end) {
  const auto m = static_cast<Monoid>(root.variant);
  const bool position = finds_position(m);
  for (long c = begin; c < end; ++c) {
    if (partial && position) partial[inner + c] = identity<T>(m);
    if (partial) {
      partial[c] = position ? place_of_row<T>(-1) : identity<T>(m);
    } else {
      put<T>(root.type, operand.pointer, c * operand.stride[ir::inner_axis],
             position ? T(0) : identity<T>(m));
    }
  }
}

template <class T>
void add_block(double* sums, const T* block, std::int64_t stride, long begin, long end,
               bool first) {
  long c = begin;
  if (stride == 1) {
    typedef T Numbers __attribute__((vector_size(8 * sizeof(T)), aligned(alignof(T)), may_alias));
    typedef double Sums __attribute__((vector_size(8 * sizeof(double)), aligned(8), may_alias));
    for (; c + 8 <= end; c += 8) {
      Sums& sum = *reinterpret_cast<Sums*>(sums + c);
      const Sums more = __builtin_convertvector(*reinterpret_cast<const Numbers*>(block + c), Sums);
      sum = first ? more : sum + more;
    }
  }
  for (; c < end; ++c) {
    const auto more = static_cast<double>(block[c * stride]);
    sums[c] = first ? more : sums[c] + more;
  }
}

template <class T>
void store_sums(const double* sums, T* out, std::int64_t stride, long begin, long end) {
  for (long c = begin; c < end; ++c) out[c * stride] = static_cast<T>(sums[c]);
}

double* sums_of_blocks(long count) {
  thread_local std::unique_ptr<double[]> memory;
  thread_local long capacity = 0;
  if (count > capacity) memory.reset(new double[static_cast<unsigned long>(capacity = count)]);
  return memory.get();
}

template <class T>
T* best_of_columns(long count) {
  thread_local std::unique_ptr<T[]> memory;
  thread_local long capacity = 0;
  if (count > capacity) memory.reset(new T[static_cast<unsigned long>(capacity = count)]);
  return memory.get();
}

#define ANSATZ_INSTANTIATE(T)                                                                \
  template void store_total<T>(const ir::Root&, const Total<T>&, void*, void*);              \
  template Total<T> load_total<T>(Monoid, const void*);                                      \
  template void join_totals<T>(Monoid, Total<T>&, const Total<T>&);                          \
  template void join_rows<T>(Monoid, T*, const T*, long, long, long);                        \
  template void store_rows<T>(const ir::Root&, const T*, const ir::LoopArg&, long, long);    \
  template void store_no_rows<T>(const ir::Root&, T*, const ir::LoopArg&, long, long, long); \
  template void add_block<T>(double*, const T*, std::int64_t, long, long, bool);             \
  template void store_sums<T>(const double*, T*, std::int64_t, long, long);                  \
  template T* best_of_columns<T>(long);
ANSATZ_INSTANTIATE(float)
ANSATZ_INSTANTIATE(double)
#undef ANSATZ_INSTANTIATE

}  // namespace ansatz::kernels
