// A convolution whose products read the images where they lie: channels are last.
#pragma once

#include <dsl/kernels/reduce.hpp>
#include <dsl/ops/image/convolve.hpp>

#include "tiles.hpp"

namespace ansatz::kernels {
inline namespace ANSATZ_ISA {

// Runs are often shorter than a call of memcpy.
template <class T>
void copy(T* to, const T* from, long n) {
  using S = simd<T>;
  long k = 0;
  for (; k + S::width <= n; k += S::width) S::load(from + k).store(to + k);
  if (k < n) S::load_partial(from + k, n - k).store_partial(to + k, n - k);
}
// In whole registers: what is written beyond n does not matter.
template <class T>
void copy_roughly(T* to, const T* from, long n) {
  for (long k = 0; k < n; k += simd<T>::width) simd<T>::load(from + k).store(to + k);
}
template <class T>
void zero(T* to, long n) {
  using S = simd<T>;
  const S nothing(T(0));
  long k = 0;
  for (; k + S::width <= n; k += S::width) nothing.store(to + k);
  if (k < n) nothing.store_partial(to + k, n - k);
}
template <class T>
void add(T* to, const T* from, long n) {
  using S = simd<T>;
  long k = 0;
  for (; k + S::width <= n; k += S::width) (S::load(to + k) + S::load(from + k)).store(to + k);
  if (k < n)
    (S::load_partial(to + k, n - k) + S::load_partial(from + k, n - k))
        .store_partial(to + k, n - k);
}

/// The kernels of the cross-correlation, [rows, columns, in, out], of those of a convolution;
/// `each`: numbers of a pixel.
template <class T>
const T* flip(const ir::Convolution& c, long each, const T* w, T* to) {
  const long area = long{c.kernel[0]} * c.kernel[1];
  for (long i = 0; i < area; ++i) copy(to + i * each, w + (area - 1 - i) * each, each);
  return to;
}
/// Rows [begin, end) of `to`, kernels of a convolution as they lie in memory, of those of the
/// cross-correlation: rows of the latter, of which each goes to one row of the former.
template <class T>
void unflip(const ir::Convolution& c, long in, long out, const T* from, T* to, long begin,
            long end) {
  const long last = long{c.kernel[0]} * c.kernel[1] - 1;
  for (long row = begin; row < end; ++row)
    copy(to + ((last - row / in) * in + row % in) * out, from + row * out, out);
}

template <class T>
class ByTiles {
 public:
  ByTiles(const ir::KernelArgs<T>& a, const long* x, int x_rank, const long* y)
      : c_(*a.attr),
        images_(x_rank == 4 ? x[0] : 1),
        in_(x[x_rank - 1]),
        out_(y[x_rank - 1]),
        group_in_(in_ / c_.groups),
        group_out_(out_ / c_.groups),
        taps_(c_.apart() ? c_.kernel[1] : 1),
        run_(c_.run(group_in_)),
        depth_(c_.depth(group_in_)),
        image_(long{c_.size[0]} * c_.size[1] * in_),
        line_((c_.size[1] + (c_.padded() ? c_.before[1] + c_.after[1] : 0)) * in_),
        kernels_(a.scratch) {}

  void forward(const T* x, const T* w, T* y) {
    if (c_.flip) w = flip(c_, group_in_ * out_, w, kernels_);
    room_ = kernels_ + (c_.flip ? depth_ * out_ : 0);
    pieces(false, [&](const Place& p) {
      TileProduct<T> tile{};
      const T* const from = read(x, p);
      tile.a_line = c_.stride[0] * line_;
      tile.a_row = c_.stride[1] * in_;
      set(tile.depth, c_.kernel[0], taps_, run_);
      set(tile.step, c_.dilation[0] * line_, c_.dilation[1] * in_, 1);
      tile.b_row = out_;
      tile.c_line = c_.count(1) * out_;
      tile.c_row = out_;
      for (long group = 0; group < c_.groups; ++group) {
        tile.a = from + group * group_in_;
        tile.b = w + group * group_out_;
        tile.c = y + p.result * out_ + group * group_out_;
        multiply<false>(tile, p.rows, c_.count(1), group_out_);
      }
    });
  }

  void input_gradient(const T* g, const T* w, T* x) {
    turn(w);
    room_ = kernels_ + depth_ * out_;
    // A pixel of the result adds a run to each line it saw.
    if (!c_.padded()) zero(x, images_ * image_);
    pieces(false, [&](const Place& p) {
      TileProduct<T> tile{};
      T* const to = c_.padded() ? room_ : x + p.image * image_ + p.row * c_.stride[0] * line_;
      if (c_.padded()) zero(room_, c_.lines(p.rows) * line_);
      tile.a_line = c_.count(1) * out_;
      tile.a_row = out_;
      set(tile.depth, 1, 1, group_out_);
      tile.b_row = run_;
      tile.c_line = c_.stride[0] * line_;
      tile.c_row = c_.stride[1] * in_;
      tile.adds = true;
      tile.b = kernels_;
      for (long group = 0; group < c_.groups; ++group)
        for (long i = 0; i < c_.kernel[0]; ++i)
          for (long j = 0; j < taps_; ++j, tile.b += group_out_ * run_) {
            tile.a = g + p.result * out_ + group * group_out_;
            tile.c = to + i * c_.dilation[0] * line_ + j * c_.dilation[1] * in_ + group * group_in_;
            multiply<false>(tile, p.rows, c_.count(1), run_);
          }
      if (c_.padded()) write(x, p);
    });
  }

  /// Rows [begin, end) of those of the cross-correlation.
  void weight_gradient(const T* x, const T* g, T* w, long begin, long end) {
    room_ = kernels_ + (c_.flip ? depth_ * out_ : 0);
    T* const to = c_.flip ? kernels_ : w;
    const long first = begin * out_, numbers = (end - begin) * out_;
    zero(to + first, numbers);
    // Of many pieces, 64 at a time are added in the program's precision and these sums in double.
    constexpr long block_pieces = 64;
    long done = 0, all = 0;
    pieces(true, [&](const Place&) { ++all; });
    double* sums = all > block_pieces ? sums_of_blocks(numbers) : nullptr;
    pieces(true, [&](const Place& p) {
      TileProduct<T> tile{};
      const T* const from = read(x, p);
      tile.a_line = c_.dilation[0] * line_;
      tile.a_row = 1;
      set(tile.depth, p.images, p.rows, c_.count(1));
      set(tile.step, c_.padded() ? c_.lines(p.rows) * line_ : image_, c_.stride[0] * line_,
          c_.stride[1] * in_);
      tile.b_row = out_;
      tile.c_row = out_;
      tile.c_line = run_ * out_;
      tile.adds = true;
      for (long group = 0; group < c_.groups; ++group) {
        tile.b = g + p.result * out_ + group * group_out_;
        // Lines of the kernels that are wanted whole are taken together.
        for (long row = begin; row < end;) {
          const long tap = row / run_, at = row % run_;
          const long i = tap / taps_, j = tap % taps_;
          const long rest = run_ - at < end - row ? run_ - at : end - row;
          const long lines = taps_ == 1 && at == 0 && rest == run_ ? (end - row) / run_ : 1;
          tile.a =
              from + i * c_.dilation[0] * line_ + j * c_.dilation[1] * in_ + at + group * group_in_;
          tile.c = to + row * out_ + group * group_out_;
          multiply<true>(tile, lines, rest, group_out_);
          row += lines * rest;
        }
      }
      if (sums && (++done % block_pieces == 0 || done == all)) {
        add_block<T>(sums, to + first, 1, 0, numbers, done <= block_pieces);
        zero(to + first, numbers);
      }
    });
    if (sums) store_sums<T>(sums, to + first, 1, 0, numbers);
    if (c_.flip) unflip(c_, group_in_, out_, kernels_, w, begin, end);
  }

 private:
  // A part of the work: rows of the result of an image, or several whole images.
  struct Place {
    long image, images, row, rows;
    long result;  // pixels of the results before it
  };
  template <class F>
  void pieces(bool sums, F f) const {
    const ir::Convolution::Piece piece = c_.piece(group_in_, sums);
    const long rows = c_.count(0), wide = c_.count(1);
    for (long i = 0; i < images_; i += piece.images)
      for (long r = 0; r < rows; r += piece.rows)
        f(Place{i, piece.images < images_ - i ? piece.images : images_ - i, r,
                piece.rows < rows - r ? piece.rows : rows - r, (i * rows + r) * wide});
  }
  static void set(long (&three)[3], long a, long b, long c) {
    three[0] = a;
    three[1] = b;
    three[2] = c;
  }

  // Of the lines that a piece sees of an image: the first, and of its lines those [begin, end) that
  // are not all zeros around it.
  struct Lines {
    long first, begin, end;
  };
  Lines lines_of(const Place& p) const {
    const long first = p.row * c_.stride[0] - c_.before[0], count = c_.lines(p.rows);
    const long begin = first < 0 ? -first : 0, end = c_.size[0] - first;
    return {first, begin < count ? begin : count, end < 0 ? 0 : end < count ? end : count};
  }
  // What a piece sees of the images.
  const T* read(const T* x, const Place& p) const {
    if (!c_.padded()) return x + p.image * image_ + p.row * c_.stride[0] * line_;
    const Lines lines = lines_of(p);
    const long before = c_.before[1] * in_, within = c_.size[1] * in_;
    T* to = room_;
    for (long i = 0; i < p.images; ++i)
      for (long k = 0; k < c_.lines(p.rows); ++k, to += line_) {
        if (k < lines.begin || k >= lines.end) {
          zero(to, line_);
          continue;
        }
        zero(to, before);
        copy(to + before, x + (p.image + i) * image_ + (lines.first + k) * within, within);
        zero(to + before + within, line_ - before - within);
      }
    return room_;
  }
  // The way back. Pieces of an image overlap.
  void write(T* x, const Place& p) const {
    const Lines lines = lines_of(p);
    const long before = c_.before[1] * in_, within = c_.size[1] * in_;
    T* const image = x + p.image * image_;
    if (p.row == 0) zero(image, image_);
    for (long k = lines.begin; k < lines.end; ++k)
      add(image + (lines.first + k) * within, room_ + k * line_ + before, within);
  }

  // Kernels as the gradient of the images reads them: of each group and line (pixel, where a row of
  // a patch lies in pieces) [out, run].
  void turn(const T* w) {
    T* to = kernels_;
    const long area = long{c_.kernel[0]} * c_.kernel[1], pixels = c_.apart() ? 1 : c_.kernel[1];
    for (long group = 0; group < c_.groups; ++group)
      for (long first = 0; first < area; first += pixels, to += group_out_ * run_)
        for (long k = 0; k < pixels; ++k) {
          const long pixel = c_.flip ? area - 1 - first - k : first + k;
          const T* from = w + pixel * group_in_ * out_ + group * group_out_;
          // Sixteen rows at a time, of which the first-level cache holds a line each.
          for (long i = 0; i < group_in_; i += 16)
            for (long o = 0; o < group_out_; ++o)
              for (long j = i; j < group_in_ && j < i + 16; ++j)
                to[o * run_ + k * group_in_ + j] = from[j * out_ + o];
        }
  }

  ir::Convolution c_;
  long images_, in_, out_;     // channels
  long group_in_, group_out_;  // those of a group
  long taps_, run_;            // of a line of a kernel: pieces, and numbers of each
  long depth_;                 // numbers of a patch
  long image_, line_;          // numbers of an image, and of a line with the zeros around it
  T* kernels_;                 // in another order
  T* room_ = nullptr;          // for an image with the zeros around it
};

}  // namespace ANSATZ_ISA
}  // namespace ansatz::kernels
