// The end of a row in a long fused loop: less than a register.
//
// Code for it at every load and store would be most of what the compiler has to do, so the loop has
// code for whole registers alone: what it reads of each argument is brought to a register's room
// first, and what it wrote is taken from there.
#pragma once

#include <dsl/kernels/simd.hpp>

namespace ansatz::kernels {
inline namespace ANSATZ_ISA {

struct VectorArg {
  bool loads = false, stores = false;  ///< vector by vector
  bool labels = false;
};
struct alignas(ANSATZ_VECTOR_BYTES) VectorRoom {
  char bytes[ANSATZ_VECTOR_BYTES];
};

/// Of n lanes from column c on; `moved`: the addresses of column 0 that take the loop there.
template <class T>
[[gnu::noinline]] void bring_rest(const VectorArg* arg, int args, const std::int64_t* row, long c,
                                  long n, VectorRoom* room, std::int64_t* moved) {
  for (int a = 0; a < args; ++a, ++room) {
    moved[a] = row[a];
    if (!arg[a].loads && !arg[a].stores) continue;
    const long size = arg[a].labels ? sizeof(std::int32_t) : sizeof(T);
    moved[a] = reinterpret_cast<std::int64_t>(room) - c * size;
    if (!arg[a].loads) continue;
    T* const to = reinterpret_cast<T*>(room);
    if (arg[a].labels) {
      simd<T>(T(0)).store(to);
      __builtin_memcpy(room, reinterpret_cast<const char*>(row[a]) + c * size, n * size);
    } else {
      simd<T>::load_partial(reinterpret_cast<const T*>(row[a]) + c, n).store(to);
    }
  }
}
template <class T>
[[gnu::noinline]] void take_rest(const VectorArg* arg, int args, const std::int64_t* row, long c,
                                 long n, const VectorRoom* room) {
  for (int a = 0; a < args; ++a, ++room) {
    if (!arg[a].stores) continue;
    if (arg[a].labels)
      __builtin_memcpy(reinterpret_cast<std::int32_t*>(row[a]) + c, room, n * sizeof(std::int32_t));
    else
      simd<T>::load(reinterpret_cast<const T*>(room))
          .store_partial(reinterpret_cast<T*>(row[a]) + c, n);
  }
}
/// To what a loop over all rows keeps for each column.
template <class T>
[[gnu::noinline]] void store_rest(simd<T> x, T* p, long n) {
  x.store_partial(p, n);
}

}  // namespace ANSATZ_ISA
}  // namespace ansatz::kernels
