// take_rows and its transpose, add_rows.
#include <cstring>
#include <string>

#include <dsl/exceptions.hpp>
#include <dsl/kernels/simd.hpp>
#include <dsl/ops/take_rows.hpp>

namespace ansatz::kernels {

namespace {

long product(const long* dims, int from, int to) {
  long n = 1;
  for (int k = from; k < to; ++k) n *= dims[k];
  return n;
}

// The i-th index, which must be one of `rows`.
long row_of(const std::int32_t* indices, long i, long rows) {
  const long row = indices[i];
  if (row < 0 || row >= rows)
    throw ValueError("take_rows: index " + std::to_string(row) + " at position " +
                     std::to_string(i) + "; allowed: 0 to " + std::to_string(rows - 1));
  return row;
}

}  // namespace

template <class T>
void take_rows(const ir::KernelArgs<T>& a) {
  const T* w = static_cast<const T*>(a.in[0]);
  const std::int32_t* indices = static_cast<const std::int32_t*>(a.in[1]);
  T* out = static_cast<T*>(a.out);
  const long rows = a.in_dims[0][0], row_size = product(a.in_dims[0], 1, a.in_rank[0]);
  const long count = product(a.in_dims[1], 0, a.in_rank[1]);
  for (long i = 0; i < count; ++i) {
    const long row = row_of(indices, i, rows);
    if (row_size)
      std::memcpy(out + i * row_size, w + row * row_size,
                  sizeof(T) * static_cast<std::size_t>(row_size));
  }
}

template <class T>
void add_rows(const ir::KernelArgs<T>& a) {
  using S = simd<T>;
  const T* g = static_cast<const T*>(a.in[0]);
  const std::int32_t* indices = static_cast<const std::int32_t*>(a.in[1]);
  T* out = static_cast<T*>(a.out);
  const long rows = a.out_dims[0], row_size = product(a.out_dims, 1, a.out_rank);
  const long count = product(a.in_dims[1], 0, a.in_rank[1]);
  const long whole = row_size - row_size % S::width;
  for (long i = 0; i < rows * row_size; ++i) out[i] = 0;
  for (long i = 0; i < count; ++i) {
    const T* from = g + i * row_size;
    T* to = out + row_of(indices, i, rows) * row_size;
    for (long j = 0; j < whole; j += S::width) (S::load(to + j) + S::load(from + j)).store(to + j);
    for (long j = whole; j < row_size; ++j) to[j] += from[j];
  }
}

template void take_rows(const ir::KernelArgs<float>&);
template void take_rows(const ir::KernelArgs<double>&);
template void add_rows(const ir::KernelArgs<float>&);
template void add_rows(const ir::KernelArgs<double>&);

}  // namespace ansatz::kernels
