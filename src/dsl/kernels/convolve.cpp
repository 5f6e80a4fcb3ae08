// Convolutions as products of matrices: of the patches of the images, one for each pixel of the
// result, and the kernels. Either the product reads patches where they lie (convolve_tiles.hpp), or
// they are laid out side by side for BLAS (im2col; Chellapilla et al. 2006).
//
// With channels last a patch is a row, [rows, columns, in channels], as the kernels lie in memory,
// and the patches of several images make one product. With channels first a patch is a column, and
// so it is where there is only one channel, which makes longer runs to copy.
// Patches are those of a cross-correlation; for a convolution the kernels are flipped.
#include <algorithm>

#include <dsl/kernels/gemm.hpp>
#include <dsl/ops/image/convolve.hpp>

#include "convolve_tiles.hpp"
#include "sum_of_parts.hpp"

namespace ansatz::kernels {

namespace {

// Of positions at, at + step, … (count of them): the first that is not negative, and the first
// beyond `size`.
struct Inside {
  long begin, end;
  Inside(long at, long step, long count, long size) {
    const auto bound = [&](long limit) {
      const long way = limit - at, k = way <= 0 ? 0 : step == 1 ? way : (way + step - 1) / step;
      return k < count ? k : count;
    };
    begin = bound(0);
    end = bound(size);
  }
};

template <class T>
class ByPatches {
 public:
  ByPatches(const ir::KernelArgs<T>& a, const long* x, int x_rank, const long* y)
      : c_(*a.attr),
        images_(x_rank == 4 ? x[0] : 1),
        in_(x[x_rank - (c_.channels_first ? 3 : 1)]),
        out_(y[x_rank - (c_.channels_first ? 3 : 1)]),
        group_in_(in_ / c_.groups),
        group_out_(out_ / c_.groups),
        pixels_(long{c_.count(0)} * c_.count(1)),
        depth_(c_.depth(group_in_)),
        image_(long{c_.size[0]} * c_.size[1] * in_),
        columns_(c_.columns(group_in_)),
        flipped_(a.scratch),
        patches_(a.scratch + (c_.flip ? depth_ * out_ : 0)) {}

  void forward(const T* x, const T* w, T* y) {
    w = kernels(w);
    tiles([&](long group, long image, long images, long row, long rows) {
      const T* patches = gather(x, group, image, images, row, rows);
      const long m = images * rows * c_.count(1), first = row * c_.count(1);
      if (c_.channels_first)
        gemm<T>(false, false, group_out_, m, depth_, 1, w + group * group_out_ * depth_, depth_,
                patches, m, 0, result(y, group, image, first), pixels_);
      else
        gemm<T>(columns_, false, m, group_out_, depth_, 1, patches, columns_ ? m : depth_,
                w + group * group_out_, out_, 0, result(y, group, image, first), out_);
    });
  }

  void input_gradient(const T* g, const T* w, T* x) {
    w = kernels(w);
    if (!c_.direct()) zero(x, images_ * image_);
    tiles([&](long group, long image, long images, long row, long rows) {
      T* patches = c_.direct() ? x + in_group(group, image) : patches_;
      const long m = images * rows * c_.count(1), first = row * c_.count(1);
      const T* g_part = result(g, group, image, first);
      const T* w_part = w + group * group_out_ * (c_.channels_first ? depth_ : 1);
      if (c_.channels_first)
        gemm<T>(true, false, depth_, m, group_out_, 1, w_part, depth_, g_part, pixels_, 0, patches,
                m);
      else if (columns_)
        gemm<T>(false, true, depth_, m, group_out_, 1, w_part, out_, g_part, out_, 0, patches, m);
      else
        gemm<T>(false, true, m, depth_, group_out_, 1, g_part, out_, w_part, out_, 0, patches,
                depth_);
      if (!c_.direct()) scatter(x, group, image, images, row, rows);
    });
  }

  /// Rows [begin, end) of the kernels' gradient as it lies in memory.
  void weight_gradient(const T* x, const T* g, T* w, long begin, long end) {
    const long each = c_.channels_first ? depth_ : out_, start = begin * each;
    const long numbers = (end - begin) * each;
    // Those of the cross-correlation, of which flipped ones are other rows.
    T* const to = c_.flip && !c_.channels_first ? flipped_ : w;
    zero(to + start, numbers);
    long all = 0;
    tiles([&](long, long, long, long, long) { ++all; });
    SumOfParts<T> sum(to + start, numbers, all);
    tiles([&](long group, long image, long images, long row, long rows) {
      const T* patches = gather(x, group, image, images, row, rows);
      const long m = images * rows * c_.count(1), first = row * c_.count(1);
      const T* g_part = result(g, group, image, first);
      if (c_.channels_first) {
        const long from = std::max(begin, group * group_out_) - group * group_out_;
        const long rows_here = std::min(end - group * group_out_, group_out_) - from;
        if (rows_here > 0)
          gemm<T>(false, true, rows_here, depth_, m, 1, g_part + from * pixels_, pixels_, patches,
                  m, 1, to + (group * group_out_ + from) * depth_, depth_);
      } else {
        gemm<T>(!columns_, false, end - begin, group_out_, m, 1,
                patches + begin * (columns_ ? m : 1), columns_ ? m : depth_, g_part, out_, 1,
                to + start + group * group_out_, out_);
      }
      sum.added();
    });
    if (!c_.flip) return;
    if (c_.channels_first)
      reverse(w + start, (end - begin) * group_in_);
    else
      unflip(c_, group_in_, out_, flipped_, w, begin, end);
  }

 private:
  // Where an image's channels of a group begin.
  long in_group(long group, long image) const {
    return image * image_ +
           group * group_in_ * (c_.channels_first ? long{c_.size[0]} * c_.size[1] : 1);
  }
  // The pixel `first` of an image of the result, the first channel of a group.
  template <class P>
  P* result(P* y, long group, long image, long first) const {
    if (c_.channels_first) return y + (image * out_ + group * group_out_) * pixels_ + first;
    return y + (image * pixels_ + first) * out_ + group * group_out_;
  }

  // f(group, first image, images, first row of the result, rows) for each part of the work.
  template <class F>
  void tiles(F f) const {
    ir::Convolution::Tile t = c_.tile(group_in_);
    // Where no patches are laid out there is no reason to divide the work.
    if (c_.direct()) t = {c_.channels_first ? 1 : images_, c_.count(0)};
    for (long group = 0; group < c_.groups; ++group)
      for (long i = 0; i < images_; i += t.images)
        for (long r = 0; r < c_.count(0); r += t.rows)
          f(group, i, t.images < images_ - i ? t.images : images_ - i, r,
            t.rows < c_.count(0) - r ? t.rows : c_.count(0) - r);
  }

  const T* gather(const T* x, long group, long image, long images, long row, long rows) const {
    if (c_.direct()) return x + in_group(group, image);
    // Runs are laid out in order, so what is written beyond one is overwritten by the next.
    const long safe = images_ * image_ - simd<T>::width;
    walk(group, image, images, row, rows,
         [&](long at, long before, long pixels, long step, long n, long all, T* to) {
           if (before > 0) zero(to, before);
           if (step == 1 && at + n <= safe) {
             copy_roughly(to + before, x + at, n);
           } else if (step == 1) {
             copy(to + before, x + at, n);
           } else {
             for (long k = 0; k < pixels; ++k) to[before + k] = x[at + k * step];
           }
           if (all > before + n) zero(to + before + n, all - before - n);
         });
    return patches_;
  }
  void scatter(T* x, long group, long image, long images, long row, long rows) const {
    walk(group, image, images, row, rows,
         [&](long at, long before, long pixels, long step, long n, long, const T* from) {
           if (step == 1) {
             add(x + at, from + before, n);
           } else {
             for (long k = 0; k < pixels; ++k) x[at + k * step] += from[before + k];
           }
         });
  }

  // The runs of the patches' memory: f(at, before, pixels, step, n, all, patches): `all` numbers,
  // of which `n` from `before` on are those of `pixels` pixels, x[at], x[at + step], …; the
  // others lie outside the image.
  template <class F>
  void walk(long group, long image, long images, long row, long rows, F f) const {
    if (columns_) return walk_columns(group, image, row, rows, f);
    const bool apart = c_.groups > 1 || c_.dilation[1] > 1;
    for (long i = 0, m = rows * c_.count(1) * depth_; i < images; ++i) {
      if (apart)
        walk_pixels(group, image + i, row, rows, patches_ + i * m, f);
      else
        walk_rows(image + i, row, rows, patches_ + i * m, f);
    }
  }

  // A run is a row of pixels of one patch, with all their channels.
  template <class F>
  void walk_rows(long image, long row, long rows, T* patches, F f) const {
    const long run = c_.kernel[1] * in_;
    for (long r = row; r < row + rows; ++r) {
      for (long c = 0; c < c_.count(1); ++c) {
        const long left = c * c_.stride[1] - c_.before[1];
        const Inside columns(left, 1, c_.kernel[1], c_.size[1]);
        const long n = (columns.end - columns.begin) * in_;
        for (long i = 0; i < c_.kernel[0]; ++i, patches += run) {
          const long y = r * c_.stride[0] - c_.before[0] + i * c_.dilation[0];
          const bool inside = y >= 0 && y < c_.size[0] && n > 0;
          const long at = image * image_ + (y * c_.size[1] + left + columns.begin) * in_;
          if (inside)
            f(at, columns.begin * in_, columns.end - columns.begin, 1L, n, run, patches);
          else
            f(0L, run, 0L, 1L, 0L, run, patches);
        }
      }
    }
  }

  // A run is one pixel of one patch, with the channels of a group.
  template <class F>
  void walk_pixels(long group, long image, long row, long rows, T* patches, F f) const {
    const long first = in_group(group, image), run = group_in_;
    for (long r = row; r < row + rows; ++r)
      for (long c = 0; c < c_.count(1); ++c)
        for (long i = 0; i < c_.kernel[0]; ++i) {
          const long y = r * c_.stride[0] - c_.before[0] + i * c_.dilation[0];
          long x = c * c_.stride[1] - c_.before[1];
          for (long j = 0; j < c_.kernel[1]; ++j, x += c_.dilation[1], patches += run) {
            if (y >= 0 && y < c_.size[0] && x >= 0 && x < c_.size[1])
              f(first + (y * c_.size[1] + x) * in_, 0L, run, 1L, run, run, patches);
            else
              f(0L, run, 0L, 1L, 0L, run, patches);
          }
        }
  }

  // A run is one pixel of all patches of a row of the result, of one channel.
  template <class F>
  void walk_columns(long group, long image, long row, long rows, F f) const {
    const long run = c_.count(1), first = in_group(group, image);
    const long apart = c_.channels_first ? 1 : in_;  // two pixels of a channel
    T* patches = patches_;
    for (long k = 0; k < group_in_; ++k) {
      for (long i = 0; i < c_.kernel[0]; ++i) {
        for (long j = 0; j < c_.kernel[1]; ++j) {
          const long left = j * c_.dilation[1] - c_.before[1];
          const Inside columns(left, c_.stride[1], run, c_.size[1]);
          const long n = columns.end - columns.begin;
          for (long r = row; r < row + rows; ++r, patches += run) {
            const long y = r * c_.stride[0] - c_.before[0] + i * c_.dilation[0];
            const bool inside = y >= 0 && y < c_.size[0] && n > 0;
            const long pixel =
                (k * c_.size[0] + y) * c_.size[1] + left + columns.begin * c_.stride[1];
            if (inside)
              f(first + pixel * apart, columns.begin, n, c_.stride[1] * apart, n, run, patches);
            else
              f(0L, run, 0L, 1L, 0L, run, patches);
          }
        }
      }
    }
  }

  // The kernels of the cross-correlation.
  const T* kernels(const T* w) {
    if (!c_.flip) return w;
    if (!c_.channels_first) return flip(c_, group_in_ * out_, w, flipped_);
    const long area = long{c_.kernel[0]} * c_.kernel[1];
    for (long k = 0; k < out_ * group_in_; ++k)
      for (long i = 0; i < area; ++i) flipped_[k * area + i] = w[k * area + area - 1 - i];
    return flipped_;
  }
  void reverse(T* w, long kernels) const {
    const long area = long{c_.kernel[0]} * c_.kernel[1];
    for (long k = 0; k < kernels; ++k) std::reverse(w + k * area, w + (k + 1) * area);
  }

  ir::Convolution c_;
  long images_, in_, out_;     // channels
  long group_in_, group_out_;  // those of a group
  long pixels_;                // of the result
  long depth_;                 // numbers of a patch
  long image_;                 // numbers of an image
  bool columns_;               // a patch is a column
  T* flipped_;                 // kernels
  T* patches_;
};

template <class T>
const T* operand(const ir::KernelArgs<T>& a, int k) {
  return static_cast<const T*>(a.in[k]);
}

// Channels of the images and of the result, of one group.
template <class T>
struct GroupChannels {
  long in, out;
  GroupChannels(const ir::Convolution& c, const long* x, int rank, const long* y)
      : in(x[rank - (c.channels_first ? 3 : 1)] / c.groups),
        out(y[rank - (c.channels_first ? 3 : 1)] / c.groups) {}
};

}  // namespace

template <class T>
void convolve(const ir::KernelArgs<T>& a) {
  const ir::Convolution c(*a.attr);
  const auto run = [&](auto job) {
    job.forward(operand(a, 0), operand(a, 1), static_cast<T*>(a.out));
  };
  if (c.tiled(GroupChannels<T>(c, a.in_dims[0], a.in_rank[0], a.out_dims).out))
    run(ByTiles<T>(a, a.in_dims[0], a.in_rank[0], a.out_dims));
  else
    run(ByPatches<T>(a, a.in_dims[0], a.in_rank[0], a.out_dims));
}

template <class T>
void convolve_input_gradient(const ir::KernelArgs<T>& a) {
  const ir::Convolution c(*a.attr);
  const auto run = [&](auto job) {
    job.input_gradient(operand(a, 0), operand(a, 1), static_cast<T*>(a.out));
  };
  const GroupChannels<T> channels(c, a.out_dims, a.out_rank, a.in_dims[0]);
  if (c.tiled_back(channels.in, channels.out))
    run(ByTiles<T>(a, a.out_dims, a.out_rank, a.in_dims[0]));
  else
    run(ByPatches<T>(a, a.out_dims, a.out_rank, a.in_dims[0]));
}

template <class T>
void convolve_weight_gradient(const ir::KernelArgs<T>& a) {
  const ir::Convolution c(*a.attr);
  const GroupChannels<T> channels(c, a.in_dims[0], a.in_rank[0], a.in_dims[1]);
  const long rows = c.channels_first ? channels.out * c.groups : c.depth(channels.in);
  const long each = c.part_rows(channels.in);
  const auto run = [&](auto job) {
    job.weight_gradient(operand(a, 0), operand(a, 1), static_cast<T*>(a.out), a.part_begin * each,
                        a.part_end < 0 ? rows : a.part_end * each);
  };
  if (c.tiled(channels.out))
    run(ByTiles<T>(a, a.in_dims[0], a.in_rank[0], a.in_dims[1]));
  else
    run(ByPatches<T>(a, a.in_dims[0], a.in_rank[0], a.in_dims[1]));
}

template void convolve(const ir::KernelArgs<float>&);
template void convolve(const ir::KernelArgs<double>&);
template void convolve_input_gradient(const ir::KernelArgs<float>&);
template void convolve_input_gradient(const ir::KernelArgs<double>&);
template void convolve_weight_gradient(const ir::KernelArgs<float>&);
template void convolve_weight_gradient(const ir::KernelArgs<double>&);

}  // namespace ansatz::kernels
