// take_rows and its transpose, add_rows; parts of labels; positions in long rows.
#include <cstring>
#include <string>
#include <vector>

#include <dsl/exceptions.hpp>
#include <dsl/kernels/reduce.hpp>
#include <dsl/kernels/simd.hpp>
#include <dsl/ops/linear/take_rows.hpp>
#include <dsl/ops/loss/cross_entropy.hpp>
#include <dsl/ops/reduce/arg_rows.hpp>

namespace ansatz::kernels {

namespace {

long product(const long* dims, int from, int to) {
  long n = 1;
  for (int k = from; k < to; ++k) n *= dims[k];
  return n;
}

// The i-th index, which must be one of `rows`; `first` is the position of the first.
long row_of(const std::int32_t* indices, long i, long rows, long first,
            const char* what = "take_rows: index ") {
  const long row = indices[i];
  if (row < 0 || row >= rows)
    throw ValueError(what + std::to_string(row) + " at position " + std::to_string(first + i) +
                     "; allowed: 0 to " + std::to_string(rows - 1));
  return row;
}

/// Where more than 32 examples go to one row, 32 at a time are added in the program's precision and
/// these sums in double, as the sums of loops are (dsl/kernels/reduce.hpp).
template <class T>
class Blocks {
 public:
  Blocks(T* out, const std::int32_t* indices, long count, long rows, long row_size)
      : out_(out), row_size_(row_size) {
    if (count <= block_rows) return;
    auto& times = memory().times;
    times.assign(static_cast<std::size_t>(rows), 0);
    for (long i = 0; i < count; ++i) ++times[at(row_of(indices, i, rows, 0))];
    for (auto& n : times) n = n > block_rows ? many_++ : -1;
    if (!many_) return;
    memory().sums.assign(at(many_ * row_size), 0);
    memory().added.assign(at(many_), 0);
  }
  void added(long row) {
    if (!many_) return;
    const long which = memory().times[at(row)];
    if (which >= 0 && ++memory().added[at(which)] % block_rows == 0) end_block(row, which);
  }
  void finish() {
    if (!many_) return;
    const auto& times = memory().times;
    for (long row = 0; row < static_cast<long>(times.size()); ++row) {
      const long which = times[at(row)];
      if (which < 0) continue;
      end_block(row, which);
      const double* sums = &memory().sums[at(which * row_size_)];
      for (long j = 0; j < row_size_; ++j) out_[row * row_size_ + j] = static_cast<T>(sums[j]);
    }
  }

 private:
  struct Memory {
    std::vector<long> times;  ///< of each row: how often, then which of those with many, or -1
    std::vector<long> added;
    std::vector<double> sums;
  };
  static Memory& memory() {
    thread_local Memory m;
    return m;
  }
  static std::size_t at(long i) { return static_cast<std::size_t>(i); }
  void end_block(long row, long which) {
    double* sums = &memory().sums[at(which * row_size_)];
    T* block = out_ + row * row_size_;
    for (long j = 0; j < row_size_; ++j) sums[j] += static_cast<double>(block[j]), block[j] = 0;
  }

  T* out_;
  long row_size_, many_ = 0;
};

}  // namespace

template <class T>
void take_rows(const ir::KernelArgs<T>& a) {
  const T* w = static_cast<const T*>(a.in[0]);
  const std::int32_t* indices = static_cast<const std::int32_t*>(a.in[1]);
  T* out = static_cast<T*>(a.out);
  const long rows = a.in_dims[0][0], row_size = product(a.in_dims[0], 1, a.in_rank[0]);
  const long count = product(a.in_dims[1], 0, a.in_rank[1]);
  const long first = a.first_example * product(a.in_dims[1], 1, a.in_rank[1]);
  for (long i = 0; i < count; ++i) {
    const long row = row_of(indices, i, rows, first);
    if (row_size)
      std::memcpy(out + i * row_size, w + row * row_size,
                  sizeof(T) * static_cast<std::size_t>(row_size));
  }
}

template <class T>
void class_labels(const ir::KernelArgs<T>& a) {
  const std::int32_t* labels = static_cast<const std::int32_t*>(a.in[0]);
  std::int32_t* out = static_cast<std::int32_t*>(a.out);
  const long count = product(a.in_dims[0], 0, a.in_rank[0]);
  const long first = a.first_example * product(a.in_dims[0], 1, a.in_rank[0]);
  for (long i = 0; i < count; ++i)
    out[i] = static_cast<std::int32_t>(
        row_of(labels, i, a.attr->i[0], first, "cross_entropy: the label "));
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
  Blocks<T> blocks(out, indices, count, rows, row_size);
  for (long i = 0; i < count; ++i) {
    const T* from = g + i * row_size;
    const long row = row_of(indices, i, rows, 0);
    T* to = out + row * row_size;
    for (long j = 0; j < whole; j += S::width) (S::load(to + j) + S::load(from + j)).store(to + j);
    for (long j = whole; j < row_size; ++j) to[j] += from[j];
    blocks.added(row);
  }
  blocks.finish();
}

template <class T>
void label_part(const ir::KernelArgs<T>& a) {
  const std::int32_t* labels = static_cast<const std::int32_t*>(a.in[0]);
  T* out = static_cast<T*>(a.out);
  const long count = product(a.in_dims[0], 0, a.in_rank[0]);
  const bool upper = a.attr->i[0];
  for (long i = 0; i < count; ++i)
    out[i] = static_cast<T>(upper ? labels[i] >> 16 : labels[i] & 0xffff);
}

template <class T>
void arg_rows(const ir::KernelArgs<T>& a) {
  const T* x = static_cast<const T*>(a.in[0]);
  std::int32_t* out = static_cast<std::int32_t*>(a.out);
  const long columns = a.in_dims[0][a.in_rank[0] - 1];
  const long rows = product(a.in_dims[0], 0, a.in_rank[0] - 1);
  const bool largest = a.attr->i[0];
  for (long i = 0; i < rows; ++i, x += columns) {
    long best = 0;
    for (long j = 1; j < columns && x[best] == x[best]; ++j)
      if ((largest ? x[j] > x[best] : x[j] < x[best]) || x[j] != x[j]) best = j;
    out[i] = static_cast<std::int32_t>(best);
  }
}

template void class_labels(const ir::KernelArgs<float>&);
template void class_labels(const ir::KernelArgs<double>&);
template void arg_rows(const ir::KernelArgs<float>&);
template void arg_rows(const ir::KernelArgs<double>&);
template void label_part(const ir::KernelArgs<float>&);
template void label_part(const ir::KernelArgs<double>&);
template void take_rows(const ir::KernelArgs<float>&);
template void take_rows(const ir::KernelArgs<double>&);
template void add_rows(const ir::KernelArgs<float>&);
template void add_rows(const ir::KernelArgs<double>&);

}  // namespace ansatz::kernels
