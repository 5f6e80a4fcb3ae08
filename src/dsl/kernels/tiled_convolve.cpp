// Tiled convolutions: at each place of the result the patches of many images make one product with
// the kernels of that place.
#include <dsl/kernels/gemm.hpp>
#include <dsl/ops/image/tiled_convolve.hpp>

#include "sum_of_parts.hpp"

namespace ansatz::kernels {

namespace {

// How an image lies in memory.
struct Strides {
  long row, column, channel, image;
  Strides(long rows, long columns, long channels, bool first)
      : row(first ? columns : columns * channels),
        column(first ? 1 : channels),
        channel(first ? rows * columns : 1),
        image(rows * columns * channels) {}
};

template <class T>
class Job {
 public:
  Job(const ir::KernelArgs<T>& a, const long* x, int x_rank, const long* y)
      : c_(*a.attr),
        images_(x_rank == 4 ? x[0] : 1),
        in_(x[x_rank - (c_.channels_first ? 3 : 1)]),
        out_(y[x_rank - (c_.channels_first ? 3 : 1)]),
        depth_(c_.depth(in_)),
        x_(c_.size[0], c_.size[1], in_, c_.channels_first),
        y_(c_.count(0), c_.count(1), out_, c_.channels_first),
        patches_(a.scratch),
        rows_(a.scratch + ir::TiledConvolution::rows_of_patches * depth_) {}

  void forward(const T* x, const T* w, T* y) const {
    places([&](const Place& p) {
      chunks([&](long image, long n) {
        gather(x, p, image, n);
        T* const part = y + image * y_.image + p.at;
        T* const to = c_.channels_first ? rows_ : part;
        gemm<T>(false, false, n, out_, depth_, 1, patches_, depth_, w + p.kernels * depth_ * out_,
                out_, 0, to, c_.channels_first ? out_ : y_.image);
        if (c_.channels_first) spread(to, part, n);
      });
    });
  }

  void input_gradient(const T* g, const T* w, T* x) const {
    for (long i = 0; i < images_ * x_.image; ++i) x[i] = 0;
    places([&](const Place& p) {
      chunks([&](long image, long n) {
        gemm<T>(false, true, n, depth_, out_, 1, gradients(g, p, image, n), row_of_gradients(),
                w + p.kernels * depth_ * out_, out_, 0, patches_, depth_);
        walk(p, [&](long at, long k) {
          T* to = x + image * x_.image + at;
          for (long i = 0; i < n; ++i)
            for (long c = 0; c < in_; ++c)
              to[i * x_.image + c * x_.channel] += patches_[i * depth_ + k + c];
        });
      });
    });
  }

  void weight_gradient(const T* x, const T* g, T* w) const {
    const long numbers = depth_ * out_;
    for (long i = 0; i < c_.kernels() * numbers; ++i) w[i] = 0;
    // Kernels by kernels, so that each sum is done before the next begins.
    for (long k = 0; k < c_.kernels(); ++k) {
      const long first[2] = {k / c_.tile[1], k % c_.tile[1]};
      long parts = 0;
      places(first, [&](const Place&) { chunks([&](long, long) { ++parts; }); });
      SumOfParts<T> sum(w + k * numbers, numbers, parts);
      places(first, [&](const Place& p) {
        chunks([&](long image, long n) {
          gather(x, p, image, n);
          gemm<T>(true, false, depth_, out_, n, 1, patches_, depth_, gradients(g, p, image, n),
                  row_of_gradients(), 1, w + k * numbers, out_);
          sum.added();
        });
      });
    }
  }

 private:
  // A place of the result: where its first channel lies, and which kernels are its.
  struct Place {
    long row, column, at, kernels;
  };
  template <class F>
  void places(F f) const {
    for (long r = 0; r < c_.count(0); ++r)
      for (long c = 0; c < c_.count(1); ++c) f(place(r, c));
  }
  // Those that have the kernels of the first of them.
  template <class F>
  void places(const long (&first)[2], F f) const {
    for (long r = first[0]; r < c_.count(0); r += c_.tile[0])
      for (long c = first[1]; c < c_.count(1); c += c_.tile[1]) f(place(r, c));
  }
  Place place(long r, long c) const {
    return {r, c, r * y_.row + c * y_.column, r % c_.tile[0] * c_.tile[1] + c % c_.tile[1]};
  }
  template <class F>
  void chunks(F f) const {
    constexpr long most = ir::TiledConvolution::rows_of_patches;
    for (long i = 0; i < images_; i += most) f(i, images_ - i < most ? images_ - i : most);
  }
  // f(pixel in an image, its first number in a patch) for the pixels of a patch in the image.
  template <class F>
  void walk(const Place& p, F f) const {
    for (long i = 0; i < c_.kernel[0]; ++i) {
      const long row = p.row * c_.stride[0] - c_.before[0] + (c_.flip ? c_.kernel[0] - 1 - i : i);
      if (row < 0 || row >= c_.size[0]) continue;
      for (long j = 0; j < c_.kernel[1]; ++j) {
        const long column =
            p.column * c_.stride[1] - c_.before[1] + (c_.flip ? c_.kernel[1] - 1 - j : j);
        if (column < 0 || column >= c_.size[1]) continue;
        f(row * x_.row + column * x_.column, (i * c_.kernel[1] + j) * in_);
      }
    }
  }
  // The patches of n images at p, [n, rows, columns, in channels].
  void gather(const T* x, const Place& p, long image, long n) const {
    for (long i = 0; i < n * depth_; ++i) patches_[i] = 0;
    walk(p, [&](long at, long k) {
      const T* from = x + image * x_.image + at;
      for (long i = 0; i < n; ++i)
        for (long c = 0; c < in_; ++c)
          patches_[i * depth_ + k + c] = from[i * x_.image + c * x_.channel];
    });
  }
  // The gradients of n images at p, a row an image.
  const T* gradients(const T* g, const Place& p, long image, long n) const {
    const T* from = g + image * y_.image + p.at;
    if (!c_.channels_first) return from;
    for (long i = 0; i < n; ++i)
      for (long o = 0; o < out_; ++o) rows_[i * out_ + o] = from[i * y_.image + o * y_.channel];
    return rows_;
  }
  long row_of_gradients() const { return c_.channels_first ? out_ : y_.image; }
  void spread(const T* rows, T* y, long n) const {
    for (long i = 0; i < n; ++i)
      for (long o = 0; o < out_; ++o) y[i * y_.image + o * y_.channel] = rows[i * out_ + o];
  }

  ir::TiledConvolution c_;
  long images_, in_, out_;
  long depth_;  // numbers of a patch
  Strides x_, y_;
  T* patches_;
  T* rows_;
};

template <class T>
const T* operand(const ir::KernelArgs<T>& a, int k) {
  return static_cast<const T*>(a.in[k]);
}

}  // namespace

template <class T>
void tiled_convolve(const ir::KernelArgs<T>& a) {
  const Job<T> job(a, a.in_dims[0], a.in_rank[0], a.out_dims);
  job.forward(operand(a, 0), operand(a, 1), static_cast<T*>(a.out));
}

template <class T>
void tiled_convolve_input_gradient(const ir::KernelArgs<T>& a) {
  const Job<T> job(a, a.out_dims, a.out_rank, a.in_dims[0]);
  job.input_gradient(operand(a, 0), operand(a, 1), static_cast<T*>(a.out));
}

template <class T>
void tiled_convolve_weight_gradient(const ir::KernelArgs<T>& a) {
  const Job<T> job(a, a.in_dims[0], a.in_rank[0], a.in_dims[1]);
  job.weight_gradient(operand(a, 0), operand(a, 1), static_cast<T*>(a.out));
}

template void tiled_convolve(const ir::KernelArgs<float>&);
template void tiled_convolve(const ir::KernelArgs<double>&);
template void tiled_convolve_input_gradient(const ir::KernelArgs<float>&);
template void tiled_convolve_input_gradient(const ir::KernelArgs<double>&);
template void tiled_convolve_weight_gradient(const ir::KernelArgs<float>&);
template void tiled_convolve_weight_gradient(const ir::KernelArgs<double>&);

}  // namespace ansatz::kernels
