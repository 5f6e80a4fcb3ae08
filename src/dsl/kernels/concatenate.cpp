// concatenate, and unslice: zeros with an array put in along one axis.
#include <cstring>

#include <dsl/ops/view/concatenate.hpp>

namespace ansatz::kernels {

namespace {

// An array as [outer, axis, inner].
struct Around {
  long outer = 1, inner = 1;
  Around(const long* dims, int rank, int axis) {
    for (int k = 0; k < axis; ++k) outer *= dims[k];
    for (int k = axis + 1; k < rank; ++k) inner *= dims[k];
  }
};

template <class T>
void copy(T* to, const T* from, long n) {
  if (n > 0) std::memcpy(to, from, sizeof(T) * static_cast<std::size_t>(n));
}

}  // namespace

template <class T>
void concatenate(const ir::KernelArgs<T>& a) {
  const int axis = a.attr->i[0];
  const Around around(a.out_dims, a.out_rank, axis);
  const long row = a.out_dims[axis] * around.inner;
  // The operands are as many as it takes to fill the axis of the result.
  long at = 0;
  for (int k = 0; at < a.out_dims[axis]; ++k) {
    const T* from = static_cast<const T*>(a.in[k]);
    T* to = static_cast<T*>(a.out) + at * around.inner;
    const long part = a.in_dims[k][axis] * around.inner;
    for (long i = 0; i < around.outer; ++i) copy(to + i * row, from + i * part, part);
    at += a.in_dims[k][axis];
  }
}

template <class T>
void unslice(const ir::KernelArgs<T>& a) {
  const int axis = a.attr->i[0];
  const long start = a.attr->i[1], step = a.attr->i[2];
  const Around around(a.out_dims, a.out_rank, axis);
  const long size = a.out_dims[axis], count = a.in_dims[0][axis], inner = around.inner;
  const T* from = static_cast<const T*>(a.in[0]);
  T* to = static_cast<T*>(a.out);
  for (long i = 0; i < around.outer * size * inner; ++i) to[i] = 0;
  for (long i = 0; i < around.outer; ++i) {
    const T* part = from + i * count * inner;
    T* whole = to + (i * size + start) * inner;
    if (step == 1) {
      copy(whole, part, count * inner);
    } else if (inner == 1) {
      for (long k = 0; k < count; ++k) whole[k * step] = part[k];
    } else {
      for (long k = 0; k < count; ++k) copy(whole + k * step * inner, part + k * inner, inner);
    }
  }
}

template void concatenate(const ir::KernelArgs<float>&);
template void concatenate(const ir::KernelArgs<double>&);
template void unslice(const ir::KernelArgs<float>&);
template void unslice(const ir::KernelArgs<double>&);

}  // namespace ansatz::kernels
