// Pools of images and their derivatives. An image is [outer, rows, columns, inner]: with channels
// last the inner dimension is theirs, with channels first each of them is an image of its own and
// the inner dimension is 1.
#include <limits>

#include <dsl/kernels/simd.hpp>
#include <dsl/ops/max_pool.hpp>
#include <dsl/ops/mean_pool.hpp>

namespace ansatz::kernels {

// Not an unnamed namespace: lambdas of a kernel, which has external linkage, hold these types.
namespace pool_detail {

// simd's interface for one number, for what does not fill a register.
struct Truth {
  bool holds;
  friend Truth operator&(Truth a, Truth b) { return {a.holds && b.holds}; }
  friend Truth operator|(Truth a, Truth b) { return {a.holds || b.holds}; }
};
template <class T>
struct One {
  static constexpr int width = 1;
  T v;
  static One load(const T* p) { return {*p}; }
  void store(T* p) const { *p = v; }
  friend One operator+(One a, One b) { return {a.v + b.v}; }
  friend One operator/(One a, One b) { return {a.v / b.v}; }
  friend Truth operator>(One a, One b) { return {a.v > b.v}; }
  friend Truth operator==(One a, One b) { return {a.v == b.v}; }
  friend Truth operator!=(One a, One b) { return {a.v != b.v}; }
  friend One select(Truth m, One a, One b) { return m.holds ? a : b; }
};

// Calls f(lanes, k) for registers, then single numbers, k = 0 .. n - 1 in all.
template <class T, class F>
void for_lanes(long n, F f) {
  constexpr int width = simd<T>::width;
  long k = 0;
  for (; k + width <= n; k += width) f(simd<T>{}, k);
  for (; k < n; ++k) f(One<T>{}, k);
}

// A window's part of the image, in pixels.
struct Window {
  long row, rows, column, columns;
  long pixels() const { return rows * columns; }
};

class Windows {
 public:
  Windows(const ir::Attr& attr, const long* dims, int rank) : pooling_(attr) {
    const int lead = rank - 3;
    for (int k = 0; k < lead; ++k) outer_ *= dims[k];
    (pooling_.channels_first ? outer_ : inner_) *= dims[lead + (pooling_.channels_first ? 0 : 2)];
  }
  /// Numbers of a pixel that lie side by side.
  long inner() const { return inner_; }
  /// Numbers of all images.
  long numbers() const { return outer_ * image(); }

  /// f(start of the image, window, position of its first number among the pooled) for each window.
  template <class F>
  void each(F f) const {
    const long rows = pooling_.count(0), columns = pooling_.count(1);
    long pooled = 0;
    for (long i = 0; i < outer_; ++i) {
      for (long r = 0; r < rows; ++r) {
        Window w{};
        w.row = r * pooling_.stride[0];
        w.rows = part(0, w.row);
        for (long c = 0; c < columns; ++c, pooled += inner_) {
          w.column = c * pooling_.stride[1];
          w.columns = part(1, w.column);
          f(i * image(), w, pooled);
        }
      }
    }
  }
  /// f(position of the first number) for each pixel of a window, row by row.
  template <class F>
  void pixels(long start, const Window& w, F f) const {
    for (long r = w.row; r < w.row + w.rows; ++r)
      for (long c = w.column; c < w.column + w.columns; ++c)
        f(start + (r * pooling_.size[1] + c) * inner_);
  }

 private:
  long image() const { return long{pooling_.size[0]} * pooling_.size[1] * inner_; }
  long part(int d, long at) const {
    const long rest = pooling_.size[d] - at;
    return pooling_.window[d] < rest ? pooling_.window[d] : rest;
  }

  ir::Pooling pooling_;
  long outer_ = 1, inner_ = 1;
};

// The largest number of a window, and which of its pixels has it first. A NaN counts as larger
// than any number.
template <class V>
struct Largest {
  V value, pixel;
};
template <class V, class T>
Largest<V> largest(const Windows& windows, long start, const Window& w, const T* x) {
  Largest<V> best{V{-std::numeric_limits<T>::infinity()}, V{T(0)}};
  T number = 0;
  windows.pixels(start, w, [&](long at) {
    const V v = V::load(x + at);
    const auto take = (v > best.value) | ((v != v) & (best.value == best.value));
    best.value = select(take, v, best.value);
    best.pixel = select(take, V{number}, best.pixel);
    number += 1;
  });
  return best;
}

template <class T>
void zero(T* out, long n) {
  for (long i = 0; i < n; ++i) out[i] = 0;
}

}  // namespace pool_detail

using namespace pool_detail;

template <class T>
void max_pool(const ir::KernelArgs<T>& a) {
  const Windows windows(*a.attr, a.in_dims[0], a.in_rank[0]);
  const T* x = static_cast<const T*>(a.in[0]);
  T* out = static_cast<T*>(a.out);
  windows.each([&](long start, const Window& w, long pooled) {
    for_lanes<T>(windows.inner(), [&](auto lanes, long k) {
      using V = decltype(lanes);
      V best{-std::numeric_limits<T>::infinity()};
      windows.pixels(start + k, w, [&](long at) {
        const V v = V::load(x + at);
        best = select((v > best) | (v != v), v, best);
      });
      best.store(out + pooled + k);
    });
  });
}

template <class T>
void max_pool_gradient(const ir::KernelArgs<T>& a) {
  const Windows windows(*a.attr, a.in_dims[0], a.in_rank[0]);
  const T* x = static_cast<const T*>(a.in[0]);
  const T* g = static_cast<const T*>(a.in[1]);
  T* out = static_cast<T*>(a.out);
  zero(out, windows.numbers());
  windows.each([&](long start, const Window& w, long pooled) {
    for_lanes<T>(windows.inner(), [&](auto lanes, long k) {
      using V = decltype(lanes);
      const V largest_at = largest<V>(windows, start + k, w, x).pixel;
      const V gradient = V::load(g + pooled + k);
      T number = 0;
      windows.pixels(start + k, w, [&](long at) {
        const V sum = V::load(out + at) + gradient;
        select(largest_at == V{number}, sum, V::load(out + at)).store(out + at);
        number += 1;
      });
    });
  });
}

template <class T>
void max_pool_gather(const ir::KernelArgs<T>& a) {
  const Windows windows(*a.attr, a.in_dims[0], a.in_rank[0]);
  const T* x = static_cast<const T*>(a.in[0]);
  const T* v = static_cast<const T*>(a.in[1]);
  T* out = static_cast<T*>(a.out);
  windows.each([&](long start, const Window& w, long pooled) {
    for_lanes<T>(windows.inner(), [&](auto lanes, long k) {
      using V = decltype(lanes);
      const V largest_at = largest<V>(windows, start + k, w, x).pixel;
      V found{T(0)};
      T number = 0;
      windows.pixels(start + k, w, [&](long at) {
        found = select(largest_at == V{number}, V::load(v + at), found);
        number += 1;
      });
      found.store(out + pooled + k);
    });
  });
}

template <class T>
void mean_pool(const ir::KernelArgs<T>& a) {
  const Windows windows(*a.attr, a.in_dims[0], a.in_rank[0]);
  const T* x = static_cast<const T*>(a.in[0]);
  T* out = static_cast<T*>(a.out);
  windows.each([&](long start, const Window& w, long pooled) {
    for_lanes<T>(windows.inner(), [&](auto lanes, long k) {
      using V = decltype(lanes);
      V sum{T(0)};
      windows.pixels(start + k, w, [&](long at) { sum = sum + V::load(x + at); });
      (sum / V{static_cast<T>(w.pixels())}).store(out + pooled + k);
    });
  });
}

template <class T>
void mean_pool_gradient(const ir::KernelArgs<T>& a) {
  const Windows windows(*a.attr, a.out_dims, a.out_rank);
  const T* g = static_cast<const T*>(a.in[0]);
  T* out = static_cast<T*>(a.out);
  zero(out, windows.numbers());
  windows.each([&](long start, const Window& w, long pooled) {
    for_lanes<T>(windows.inner(), [&](auto lanes, long k) {
      using V = decltype(lanes);
      const V share = V::load(g + pooled + k) / V{static_cast<T>(w.pixels())};
      windows.pixels(start + k, w,
                     [&](long at) { (V::load(out + at) + share).store(out + at); });
    });
  });
}

template void max_pool(const ir::KernelArgs<float>&);
template void max_pool(const ir::KernelArgs<double>&);
template void max_pool_gradient(const ir::KernelArgs<float>&);
template void max_pool_gradient(const ir::KernelArgs<double>&);
template void max_pool_gather(const ir::KernelArgs<float>&);
template void max_pool_gather(const ir::KernelArgs<double>&);
template void mean_pool(const ir::KernelArgs<float>&);
template void mean_pool(const ir::KernelArgs<double>&);
template void mean_pool_gradient(const ir::KernelArgs<float>&);
template void mean_pool_gradient(const ir::KernelArgs<double>&);

}  // namespace ansatz::kernels
