#include <dsl/ops/control/all_reduce.hpp>

#include <dsl/communicator.hpp>

#include <cstring>

namespace ansatz::kernels {

template <class T>
void all_reduce(const ir::KernelArgs<T>& a) {
  long n = 1;
  for (int k = 0; k < a.out_rank; ++k) n *= a.out_dims[k];
  T* const to = static_cast<T*>(a.out);
  if (n > 0) std::memcpy(to, a.in[0], sizeof(T) * static_cast<std::size_t>(n));
  // Also of nothing: every rank must come here as often as the others.
  a.communicator->all_reduce(to, n);
}

template void all_reduce<float>(const ir::KernelArgs<float>&);
template void all_reduce<double>(const ir::KernelArgs<double>&);

}  // namespace ansatz::kernels
