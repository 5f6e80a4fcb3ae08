// What the three ops of a convolution share: geometry, options, shapes (no op)
#pragma once

#include <dsl/ops/image/image.hpp>

namespace ansatz {

/// Options of convolve where they are known only at run time.
struct ConvolveOptions {
  Border border = Border::valid;
  int stride_rows = 1, stride_columns = 1;
  /// Zeros around the image, on each side, on top of those of `border`.
  int padding_rows = 0, padding_columns = 0;
  /// The distance of two of the kernel's pixels in the image.
  int dilation_rows = 1, dilation_columns = 1;
  /// The channels are divided into so many, of which each sees only its own.
  int groups = 1;
  bool cross_correlation = false;  ///< the kernel is not flipped
  Axes axes = Axes::b01c;          ///< where the operand's Space does not say it
};

/// Option of convolve: so many rows and columns of zeros on each side of the image.
template <int Rows, int Columns>
struct Padding {
  static constexpr void set(ConvolveOptions& options) {
    options.padding_rows = Rows;
    options.padding_columns = Columns;
  }
};
template <int Rows, int Columns = Rows>
inline constexpr Padding<Rows, Columns> padding;

/// Option of convolve: the kernel's pixels lie so many pixels of the image apart (a trous; Yu and
/// Koltun 2016).
template <int Rows, int Columns>
struct Dilation {
  static constexpr void set(ConvolveOptions& options) {
    options.dilation_rows = Rows;
    options.dilation_columns = Columns;
  }
};
template <int Rows, int Columns = Rows>
inline constexpr Dilation<Rows, Columns> dilation;

/// Option of convolve: the channels of the image and of the result are divided into so many groups,
/// one after the other; a group of the result sees the same group of the image only, and the
/// kernels' in channels are those of one group.
template <int Count>
struct Groups {
  static constexpr void set(ConvolveOptions& options) { options.groups = Count; }
};
template <int Count>
inline constexpr Groups<Count> groups;

/// Option of convolve: the kernel is not flipped, as in most libraries of neural networks.
struct CrossCorrelation {
  static constexpr void set(ConvolveOptions& options) { options.cross_correlation = true; }
};
inline constexpr CrossCorrelation cross_correlation;

namespace ir {

/// A convolution as it stands in the attributes of its ops: [0] rows, [1] columns.
struct Convolution {
  bool channels_first = false, flip = true;
  int stride[2] = {1, 1};
  int before[2] = {}, after[2] = {};  ///< zeros at the near and at the far side of the image
  int size[2] = {any, any};           ///< of the image
  int kernel[2] = {any, any};
  int dilation[2] = {1, 1};
  int groups = 1;

  /// Of strides, zeros and dilations: two of them share a number.
  static constexpr int largest = 0x7fff;

  constexpr Convolution() = default;
  constexpr explicit Convolution(const Attr& a)
      : channels_first(a.i[0] & 1), flip(!(a.i[0] & 2)), groups(1 + (a.i[0] >> 2)) {
    const int more = static_cast<int>(a.x);
    dilation[0] = 1 + (more & largest);
    dilation[1] = 1 + (more >> 15);
    for (int d = 0; d < 2; ++d) {
      stride[d] = d ? a.i[1] >> 16 : a.i[1] & largest;
      before[d] = a.i[2 + d] & largest;
      after[d] = a.i[2 + d] >> 16;
      size[d] = a.i[4 + d];
      kernel[d] = a.i[6 + d];
    }
  }
  constexpr Attr attr() const {
    Attr a;
    a.i[0] = channels_first | !flip << 1 | (groups - 1) << 2;
    a.x = (dilation[0] - 1) | (dilation[1] - 1) << 15;
    a.i[1] = stride[0] | stride[1] << 16;
    for (int d = 0; d < 2; ++d) {
      a.i[2 + d] = before[d] | after[d] << 16;
      a.i[4 + d] = size[d];
      a.i[6 + d] = kernel[d];
    }
    return a;
  }

  constexpr void text(RefusalNote& to) const {
    add_pair(to, "stride", stride, 1);
    add_pair(to, "zeros before", before, 0);
    add_pair(to, "zeros after", after, 0);
    add_pair(to, "dilation", dilation, 1);
    if (groups > 1) {
      to.add(", ");
      to.add(groups);
      to.add(" groups");
    }
    if (!flip) to.add(", cross_correlation");
  }

  /// Pixels of the image from the kernel's first to its last.
  constexpr int reach(int d) const { return (kernel[d] - 1) * dilation[d] + 1; }
  /// Pixels of the result along a direction.
  constexpr int count(int d) const {
    if (size[d] == any || kernel[d] == any) return any;
    return (size[d] + before[d] + after[d] - reach(d)) / stride[d] + 1;
  }

  // ------------------------------------------------------------------ how the kernels work

  // `channels` are those of one group.

  /// Products that go into one number of the result.
  constexpr long depth(long channels) const { return channels * kernel[0] * kernel[1]; }

  // By tiles: products read the images where they lie (docs/convolution.md says what that brings).

  /// Whether a row of a patch lies in pieces, pixel by pixel.
  constexpr bool apart() const { return groups > 1 || dilation[1] > 1; }
  /// Numbers of a patch that lie side by side.
  constexpr long run(long channels) const { return apart() ? channels : kernel[1] * channels; }
  constexpr bool padded() const { return before[0] || before[1] || after[0] || after[1]; }
  /// A tile is some pixels of a row of the result by some of its channels: of either too few are
  /// left for the registers to be used, and BLAS does better with the patches of several images.
  constexpr bool tiled(long channels_out) const {
    return !channels_first && count(1) >= 4 && (groups == 1 || channels_out >= 4);
  }
  /// The gradient of the images is added up a run at a time.
  constexpr bool tiled_back(long channels, long channels_out) const {
    return tiled(channels_out) && run(channels) >= 8;
  }
  /// What is read at a time: some rows of the result of one image, or several whole images. `sums`:
  /// of a sum over the pixels, which is then one of parts of about a thousand.
  struct Piece {
    long images = 1, rows = 1;
  };
  constexpr Piece piece(long channels, bool sums) const {
    constexpr long most = 1 << 16, pixels = 1024, few = 256;  // numbers; pixels of the result
    long line = (size[1] + before[1] + after[1]) * groups * channels;
    if (line == 0) line = 1;
    Piece p{1, (most / line - reach(0)) / stride[0] + 1};
    if (sums && p.rows * count(1) > pixels) p.rows = pixels / count(1);
    if (p.rows < 1) p.rows = 1;
    if (p.rows < count(0)) return p;
    p.rows = count(0);
    if (sums) p.images = few / (p.rows * count(1));
    if (p.images > most / (lines(p.rows) * line)) p.images = most / (lines(p.rows) * line);
    if (p.images < 1) p.images = 1;
    return p;
  }
  /// Rows of an image, zeros around it included, that `rows` rows of the result see.
  constexpr long lines(long rows) const { return (rows - 1) * stride[0] + reach(0); }
  /// Numbers of a piece with the zeros around it.
  constexpr long padded_piece(long channels, bool sums) const {
    const Piece p = piece(channels, sums);
    const long line = (size[1] + before[1] + after[1]) * groups * channels;
    return padded() ? p.images * lines(p.rows) * line : 0;
  }

  /// The gradient of the kernels is divided among threads by their rows in memory, a row being the
  /// channels of the result with channels last; several make a part where they are few.
  constexpr long part_rows(long channels) const {
    return channels_first || kernel[1] * channels > 9 ? 1 : kernel[1] * channels;
  }
  constexpr long parts(long channels, long channels_out) const {
    return channels_first ? channels_out : depth(channels) / part_rows(channels);
  }

  // By patches.

  /// Whether the image itself is the matrix of its patches.
  constexpr bool direct() const {
    for (int d = 0; d < 2; ++d)
      if (kernel[d] != 1 || stride[d] != 1 || before[d] || after[d]) return false;
    return groups == 1 || channels_first;
  }
  /// Whether a patch is a column of the matrix of patches, not a row.
  constexpr bool columns(long channels) const { return channels_first || channels == 1; }
  /// Patches are laid out for a part of the work at a time that the second-level cache holds:
  /// several small images (where a patch is a row), one, or some rows of the result of one. More
  /// images would only push what is read next out of the cache.
  struct Tile {
    long images = 1, rows = 0;
  };
  constexpr Tile tile(long channels) const {
    constexpr long most = 1 << 17, several = 1 << 15;  // numbers
    const long row = count(1) * depth(channels), image = row * count(0);
    if (image > most) {
      const long parts = (image + most - 1) / most;
      return {1, (count(0) + parts - 1) / parts};
    }
    const bool alone = columns(channels) || image > several || image == 0;
    return {alone ? 1 : several / image, count(0)};
  }
  /// Numbers in a tile's patches.
  constexpr long patches(long channels) const {
    if (direct()) return 0;
    const Tile t = tile(channels);
    return t.images * t.rows * count(1) * depth(channels);
  }
};

constexpr Image kernel_of(const Shape& w, bool channels_first) {
  if (channels_first) return {w[2], w[3], w[1]};
  return {w[0], w[1], w[2]};
}
constexpr int result_channels(const Shape& w, bool channels_first) {
  return channels_first ? w[0] : w[3];
}

/// The geometry of convolve(x, w, o) as far as sizes are known, and the sentence that says what
/// must hold if it does not.
struct ConvolutionResult {
  Convolution convolution;
  ShapeResult result;
};
constexpr ConvolutionResult convolution_of(const Shape& x, const Shape& w,
                                           const ConvolveOptions& o) {
  ConvolutionResult r;
  Convolution& c = r.convolution;
  const auto refuse = [&r](const char* must_hold) {
    r.result = refused(must_hold);
    return r;
  };
  if (x.rank < 3 || x.rank > 4 || (x.rank == 3 && x.batched()))
    return refuse("the first operand must be an image or a batch of images");
  c.channels_first = o.axes == Axes::bc01;
  c.flip = !o.cross_correlation;
  if (w.rank != 4)
    return refuse(c.channels_first ? "kernels must be [out channels, in channels, rows, columns]"
                                   : "kernels must be [rows, columns, in channels, out channels]");
  const Image image = image_of(x, c.channels_first), kernel = kernel_of(w, c.channels_first);
  for (int k = 0; k < 4; ++k)
    if (is_extent(w[k]) || (k && k < x.rank && is_extent(x[k])))
      return refuse("only the number of images may be a run-time extent");
  if (o.groups < 1 || o.groups > 0xffff)
    return refuse("there must be at least one group of channels, and below 65536");
  c.groups = o.groups;
  const int out = result_channels(w, c.channels_first);
  if ((image.channels != any && image.channels % o.groups) || (out != any && out % o.groups))
    return refuse("the groups must divide the channels of the images and of the result");
  if (image.channels != any && !dims_agree(image.channels / o.groups, kernel.channels))
    return refuse(o.groups == 1
                      ? "kernels must have as many in channels as the images have channels"
                      : "kernels must have as many in channels as a group has channels");
  const int stride[] = {o.stride_rows, o.stride_columns};
  const int padding[] = {o.padding_rows, o.padding_columns};
  const int dilation[] = {o.dilation_rows, o.dilation_columns};
  for (int d = 0; d < 2; ++d) {
    c.size[d] = d ? image.columns : image.rows;
    c.kernel[d] = d ? kernel.columns : kernel.rows;
    c.stride[d] = stride[d];
    if (dilation[d] < 1 || dilation[d] > Convolution::largest)
      return refuse("dilations must be at least one pixel, and below 32768");
    c.dilation[d] = dilation[d];
    if (c.kernel[d] > 0x3fffffff / dilation[d]) return refuse("the kernel must fit in the image");
    c.before[d] = c.after[d] = padding[d];
    if (c.kernel[d] != any && o.border != Border::valid) {
      // The place of `same` within `full` is scipy.signal's.
      const int reach = c.reach(d);
      c.before[d] += o.border == Border::full ? reach - 1 : reach / 2;
      c.after[d] += o.border == Border::full ? reach - 1 : (reach - 1) / 2;
    }
    if (stride[d] < 1 || padding[d] < 0 || c.kernel[d] == 0)
      return refuse("strides and kernels must be at least one pixel, padding not negative");
    if (stride[d] > Convolution::largest || c.before[d] > Convolution::largest)
      return refuse("strides and padding must lie below 32768");
    if (c.size[d] != any && c.kernel[d] != any && c.size[d] + c.before[d] + c.after[d] < c.reach(d))
      return refuse("the kernel must fit in the image");
  }
  r.result = {with_image(x, c.channels_first,
                         {c.count(0), c.count(1), result_channels(w, c.channels_first)})};
  return r;
}

// Whether an operand of one of the ops is what the attributes say.
constexpr bool is_image_of(const Convolution& c, const Shape& x, bool result) {
  if (x.rank < 3 || x.rank > 4) return false;
  const Image i = image_of(x, c.channels_first);
  return i.rows == (result ? c.count(0) : c.size[0]) &&
         i.columns == (result ? c.count(1) : c.size[1]);
}
constexpr bool is_kernel_of(const Convolution& c, const Shape& w) {
  if (w.rank != 4) return false;
  const Image k = kernel_of(w, c.channels_first);
  return k.rows == c.kernel[0] && k.columns == c.kernel[1];
}
/// Multiplications and additions an example.
constexpr double convolution_work(const Shape& result, const Convolution& c, int channels) {
  return 2 * elements(result) * static_cast<double>(c.depth(channels));
}
/// Numbers a kernel needs to work in: kernels in another order, then patches or an image with the
/// zeros around it, and a register beyond them. The channels are those of one group and all.
constexpr long convolution_scratch(const Convolution& c, long in_channels, long out_channels,
                                   bool back, bool sums) {
  const long each = out_channels / c.groups;
  const bool tiled = back ? c.tiled_back(in_channels, each) : c.tiled(each);
  const long kernels = c.flip || (tiled && back) ? c.depth(in_channels) * out_channels : 0;
  return kernels + (tiled ? c.padded_piece(in_channels, sums) : c.patches(in_channels)) + 16;
}

}  // namespace ir
}  // namespace ansatz
