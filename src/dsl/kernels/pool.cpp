// Pools of images and their derivatives. An image is [outer, rows, columns, inner]: with channels
// last the inner dimension is theirs, and a register holds numbers of several channels; with
// channels first each of them is an image of its own, the inner dimension is 1, and a register
// holds numbers of several windows of a row.
#include <limits>

#include <dsl/kernels/simd.hpp>
#include <dsl/ops/image/max_pool.hpp>
#include <dsl/ops/image/mean_pool.hpp>

namespace ansatz::kernels {

// Not an unnamed namespace: lambdas of a kernel, which has external linkage, hold these types.
namespace pool_detail {

// A window's part of the image, in pixels.
struct Window {
  long row, rows, column, columns;
  long pixels() const { return rows * columns; }
};

// How the numbers of a register lie in memory.
template <class T>
struct Lanes {
  long stride, count;
  simd<T> load(const T* p) const {
    if (stride != 1) return simd<T>::gather(p, stride, count);
    return count == simd<T>::width ? simd<T>::load(p) : simd<T>::load_partial(p, count);
  }
  void store(simd<T> v, T* p) const {
    if (stride != 1)
      v.scatter(p, stride, count);
    else if (count == simd<T>::width)
      v.store(p);
    else
      v.store_partial(p, count);
  }
  /// The same number of them, side by side.
  Lanes dense() const { return {1, count}; }
};
// A whole register, side by side.
template <class T>
struct AllLanes {
  simd<T> load(const T* p) const { return simd<T>::load(p); }
  void store(simd<T> v, T* p) const { v.store(p); }
  AllLanes dense() const { return {}; }
};

class Windows {
 public:
  Windows(const ir::Attr& attr, const long* dims, int rank) : pooling_(attr) {
    const int lead = rank - 3;
    for (int k = 0; k < lead; ++k) outer_ *= dims[k];
    (pooling_.channels_first ? outer_ : inner_) *= dims[lead + (pooling_.channels_first ? 0 : 2)];
  }
  /// Numbers of all images.
  long numbers() const { return outer_ * image(); }
  /// Whether no pixel lies in two windows.
  bool apart() const {
    return pooling_.stride[0] >= pooling_.window[0] && pooling_.stride[1] >= pooling_.window[1];
  }
  /// Whether every pixel lies in one window.
  bool tile() const {
    for (int d = 0; d < 2; ++d)
      if (pooling_.stride[d] != pooling_.window[d] ||
          pooling_.size[d] > long{pooling_.count(d)} * pooling_.stride[d])
        return false;
    return true;
  }

  /// f(position, window, lanes, position among the pooled) until every number of every window has
  /// had its turn: for channels last those of one window, for channels first windows of a row. The
  /// position is that of the image plus that of the first lane.
  template <class T, class F>
  void each(F f) const {
    const long rows = pooling_.count(0), columns = pooling_.count(1);
    long pooled = 0;
    const auto lanes = [&](long start, const Window& w, long count, long stride) {
      constexpr long width = simd<T>::width;
      long k = 0;
      if (stride == 1)
        for (; k + width <= count; k += width) f(start + k, w, AllLanes<T>{}, pooled + k);
      for (; k < count; k += width) {
        const long rest = count - k;
        f(start + k * stride, w, Lanes<T>{stride, rest < width ? rest : width}, pooled + k);
      }
      pooled += count;
    };
    for (long i = 0; i < outer_; ++i) {
      for (long r = 0; r < rows; ++r) {
        Window w{};
        w.row = r * pooling_.stride[0];
        w.rows = part(0, w.row);
        long c = 0;
        if (inner_ == 1) {
          while (c < columns && part(1, c * pooling_.stride[1]) == pooling_.window[1]) ++c;
          w.columns = pooling_.window[1];
          lanes(i * image(), w, c, pooling_.stride[1]);
        }
        for (; c < columns; ++c) {
          w.column = c * pooling_.stride[1];
          w.columns = part(1, w.column);
          lanes(i * image(), w, inner_, 1);
        }
      }
    }
  }
  /// f(position of the first number) for each pixel of a window, row by row.
  template <class F>
  void pixels(long start, const Window& w, F f) const {
    if (w.rows == 2 && w.columns == 2) {
      // The usual window, without loops.
      const long at = start + (w.row * pooling_.size[1] + w.column) * inner_;
      const long below = at + pooling_.size[1] * inner_;
      f(at);
      f(at + inner_);
      f(below);
      f(below + inner_);
      return;
    }
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
template <class T>
struct Largest {
  simd<T> value, pixel;
};
template <class T, class L>
Largest<T> largest(const Windows& windows, long start, const Window& w, L lanes, const T* x) {
  Largest<T> best{simd<T>(-std::numeric_limits<T>::infinity()), simd<T>(T(0))};
  T number = 0;
  windows.pixels(start, w, [&](long at) {
    const simd<T> v = lanes.load(x + at);
    const auto take = (v > best.value) | ((v != v) & (best.value == best.value));
    best.value = select(take, v, best.value);
    best.pixel = select(take, simd<T>(number), best.pixel);
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
  windows.each<T>([&](long start, const Window& w, auto lanes, long pooled) {
    simd<T> best(-std::numeric_limits<T>::infinity());
    windows.pixels(start, w, [&](long at) { best = max(best, lanes.load(x + at)); });
    lanes.dense().store(best, out + pooled);
  });
}

template <class T>
void max_pool_gradient(const ir::KernelArgs<T>& a) {
  const Windows windows(*a.attr, a.in_dims[0], a.in_rank[0]);
  const T* x = static_cast<const T*>(a.in[0]);
  const T* g = static_cast<const T*>(a.in[1]);
  T* out = static_cast<T*>(a.out);
  const bool apart = windows.apart();
  if (!windows.tile()) zero(out, windows.numbers());
  windows.each<T>([&](long start, const Window& w, auto lanes, long pooled) {
    const simd<T> place = largest(windows, start, w, lanes, x).pixel;
    const simd<T> gradient = lanes.dense().load(g + pooled);
    T number = 0;
    windows.pixels(start, w, [&](long at) {
      const simd<T> sum = apart ? simd<T>(T(0)) : lanes.load(out + at);
      lanes.store(select(place == simd<T>(number), sum + gradient, sum), out + at);
      number += 1;
    });
  });
}

template <class T>
void max_pool_gather(const ir::KernelArgs<T>& a) {
  const Windows windows(*a.attr, a.in_dims[0], a.in_rank[0]);
  const T* x = static_cast<const T*>(a.in[0]);
  const T* v = static_cast<const T*>(a.in[1]);
  T* out = static_cast<T*>(a.out);
  windows.each<T>([&](long start, const Window& w, auto lanes, long pooled) {
    const simd<T> place = largest(windows, start, w, lanes, x).pixel;
    simd<T> found(T(0));
    T number = 0;
    windows.pixels(start, w, [&](long at) {
      found = select(place == simd<T>(number), lanes.load(v + at), found);
      number += 1;
    });
    lanes.dense().store(found, out + pooled);
  });
}

template <class T>
void mean_pool(const ir::KernelArgs<T>& a) {
  const Windows windows(*a.attr, a.in_dims[0], a.in_rank[0]);
  const T* x = static_cast<const T*>(a.in[0]);
  T* out = static_cast<T*>(a.out);
  windows.each<T>([&](long start, const Window& w, auto lanes, long pooled) {
    simd<T> sum(T(0));
    windows.pixels(start, w, [&](long at) { sum += lanes.load(x + at); });
    lanes.dense().store(sum / simd<T>(static_cast<T>(w.pixels())), out + pooled);
  });
}

template <class T>
void mean_pool_gradient(const ir::KernelArgs<T>& a) {
  const Windows windows(*a.attr, a.out_dims, a.out_rank);
  const T* g = static_cast<const T*>(a.in[0]);
  T* out = static_cast<T*>(a.out);
  const bool apart = windows.apart();
  if (!windows.tile()) zero(out, windows.numbers());
  windows.each<T>([&](long start, const Window& w, auto lanes, long pooled) {
    const simd<T> share = lanes.dense().load(g + pooled) / simd<T>(static_cast<T>(w.pixels()));
    windows.pixels(start, w, [&](long at) {
      lanes.store((apart ? simd<T>(T(0)) : lanes.load(out + at)) + share, out + at);
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
