// Products with a matrix of which each column has a few numbers only. Some examples lie side by
// side in memory to work in, number by number, so that a weight meets all of them at once.
#include <dsl/kernels/simd.hpp>
#include <dsl/ops/linear/sparse_matmul.hpp>

#include <limits>

#include "sum_of_parts.hpp"

namespace ansatz::kernels {

// Not an unnamed namespace: lambdas of a kernel, which has external linkage, hold these types.
namespace sparse_detail {

using ir::sparse_chunk;
using ir::sparse_gradient_chunk;

// Vectors as a kernel is given them: [count, width].
struct Vectors {
  long count, width;
  Vectors(const long* dims, int rank) : count(rank == 2 ? dims[0] : 1), width(dims[rank - 1]) {}
};

// The places at which a number of an operand stands, as it is stored: a number.
template <class T>
bool all_there(const T* inputs, long count, long width) {
  for (long i = 0; i < count; ++i)
    if (!(inputs[i] >= 0 && inputs[i] < static_cast<T>(width))) return false;
  return true;
}

template <class T>
void fill(T* to, long count, T value) {
  for (long i = 0; i < count; ++i) to[i] = value;
}

// n vectors, side by side: [width, Chunk].
template <long Chunk, class T>
void turn(const T* x, long width, long n, T* to) {
  if (n < Chunk) fill(to, width * Chunk, T(0));
  for (long b = 0; b < n; ++b)
    for (long i = 0; i < width; ++i) to[i * Chunk + b] = x[b * width + i];
}
template <long Chunk, class T>
void turn_back(const T* from, long width, long n, T* y) {
  for (long b = 0; b < n; ++b)
    for (long i = 0; i < width; ++i) y[b * width + i] = from[i * Chunk + b];
}

// As many registers as a chunk needs.
template <long Chunk, class T>
struct Block {
  static constexpr long count = Chunk / simd<T>::width;
  simd<T> lanes[count];

  static Block of(T x) {
    Block b;
    for (simd<T>& each : b.lanes) each = simd<T>(x);
    return b;
  }
  static Block load(const T* p) {
    Block b;
    for (long k = 0; k < count; ++k) b.lanes[k] = simd<T>::load(p + k * simd<T>::width);
    return b;
  }
  void store(T* p) const {
    for (long k = 0; k < count; ++k) lanes[k].store(p + k * simd<T>::width);
  }
  void add_product(const Block& a, simd<T> b) {
    for (long k = 0; k < count; ++k) lanes[k] += a.lanes[k] * b;
  }
  static T dot(const Block& a, const Block& b) {
    simd<T> sum = a.lanes[0] * b.lanes[0];
    for (long k = 1; k < count; ++k) sum += a.lanes[k] * b.lanes[k];
    return horizontal_sum(sum);
  }
};

}  // namespace sparse_detail

template <class T>
void sparse_matmul(const ir::KernelArgs<T>& a) {
  using namespace sparse_detail;
  using Examples = Block<sparse_chunk, T>;
  const auto *x = static_cast<const T*>(a.in[0]), *w = static_cast<const T*>(a.in[1]),
             *inputs = static_cast<const T*>(a.in[2]);
  auto* const y = static_cast<T*>(a.out);
  const Vectors from(a.in_dims[0], a.in_rank[0]);
  const long units = a.in_dims[1][0], each = a.in_dims[1][1];
  if (!all_there(inputs, units * each, from.width))
    return fill(y, from.count * units, std::numeric_limits<T>::quiet_NaN());
  T *const turned = a.scratch, *const sums = a.scratch + from.width * sparse_chunk;
  for (long b = 0; b < from.count; b += sparse_chunk) {
    const long n = from.count - b < sparse_chunk ? from.count - b : sparse_chunk;
    turn<sparse_chunk>(x + b * from.width, from.width, n, turned);
    for (long j = 0; j < units; ++j) {
      Examples sum = Examples::of(0);
      for (long k = j * each; k < (j + 1) * each; ++k)
        sum.add_product(Examples::load(turned + static_cast<long>(inputs[k]) * sparse_chunk), w[k]);
      sum.store(sums + j * sparse_chunk);
    }
    turn_back<sparse_chunk>(sums, units, n, y + b * units);
  }
}

template <class T>
void sparse_matmul_transposed(const ir::KernelArgs<T>& a) {
  using namespace sparse_detail;
  using Examples = Block<sparse_chunk, T>;
  const auto *y = static_cast<const T*>(a.in[0]), *w = static_cast<const T*>(a.in[1]),
             *inputs = static_cast<const T*>(a.in[2]);
  auto* const x = static_cast<T*>(a.out);
  const Vectors from(a.in_dims[0], a.in_rank[0]);
  const long units = a.in_dims[1][0], each = a.in_dims[1][1], width = a.out_dims[a.out_rank - 1];
  if (!all_there(inputs, units * each, width))
    return fill(x, from.count * width, std::numeric_limits<T>::quiet_NaN());
  T *const turned = a.scratch, *const sums = a.scratch + units * sparse_chunk;
  for (long b = 0; b < from.count; b += sparse_chunk) {
    const long n = from.count - b < sparse_chunk ? from.count - b : sparse_chunk;
    turn<sparse_chunk>(y + b * units, units, n, turned);
    fill(sums, width * sparse_chunk, T(0));
    for (long j = 0; j < units; ++j) {
      const Examples g = Examples::load(turned + j * sparse_chunk);
      for (long k = j * each; k < (j + 1) * each; ++k) {
        T* const to = sums + static_cast<long>(inputs[k]) * sparse_chunk;
        Examples sum = Examples::load(to);
        sum.add_product(g, w[k]);
        sum.store(to);
      }
    }
    turn_back<sparse_chunk>(sums, width, n, x + b * width);
  }
}

template <class T>
void sparse_matmul_weight_gradient(const ir::KernelArgs<T>& a) {
  using namespace sparse_detail;
  using Examples = Block<sparse_gradient_chunk, T>;
  const auto *x = static_cast<const T*>(a.in[0]), *g = static_cast<const T*>(a.in[1]),
             *inputs = static_cast<const T*>(a.in[2]);
  auto* const w = static_cast<T*>(a.out);
  const Vectors from(a.in_dims[0], a.in_rank[0]);
  const long units = a.in_dims[2][0], each = a.in_dims[2][1];
  const long first = a.part_end < 0 ? 0 : a.part_begin, end = a.part_end < 0 ? units : a.part_end;
  if (!all_there(inputs, units * each, from.width))
    return fill(w + first * each, (end - first) * each, std::numeric_limits<T>::quiet_NaN());
  fill(w + first * each, (end - first) * each, T(0));
  SumOfParts<T> sum(w + first * each, (end - first) * each,
                    (from.count + sparse_gradient_chunk - 1) / sparse_gradient_chunk);
  T *const turned = a.scratch, *const gradients = a.scratch + from.width * sparse_gradient_chunk;
  for (long b = 0; b < from.count; b += sparse_gradient_chunk) {
    const long rest = from.count - b,
               n = rest < sparse_gradient_chunk ? rest : sparse_gradient_chunk;
    turn<sparse_gradient_chunk>(x + b * from.width, from.width, n, turned);
    turn<sparse_gradient_chunk>(g + b * units, units, n, gradients);
    for (long j = first; j < end; ++j) {
      const Examples of_unit = Examples::load(gradients + j * sparse_gradient_chunk);
      for (long k = j * each; k < (j + 1) * each; ++k)
        w[k] += Examples::dot(
            Examples::load(turned + static_cast<long>(inputs[k]) * sparse_gradient_chunk), of_unit);
    }
    sum.added();
  }
}

template void sparse_matmul(const ir::KernelArgs<float>&);
template void sparse_matmul(const ir::KernelArgs<double>&);
template void sparse_matmul_transposed(const ir::KernelArgs<float>&);
template void sparse_matmul_transposed(const ir::KernelArgs<double>&);
template void sparse_matmul_weight_gradient(const ir::KernelArgs<float>&);
template void sparse_matmul_weight_gradient(const ir::KernelArgs<double>&);

}  // namespace ansatz::kernels
