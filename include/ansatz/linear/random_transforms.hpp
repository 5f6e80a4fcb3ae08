// Transforms that say themselves how their weights begin: Pylearn2's functions make_random_conv2D,
// make_random_local, make_local_rfs and their kin.
#pragma once

#include <ansatz/base/seed.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/linear/tiled_conv2d.hpp>
#include <ansatz/spaces/axis_order.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// What is told beside the weights: the Spaces they lie between, and how they are drawn. A layer
/// that has a key of its own for how weights begin draws them by that.
struct RandomKernels {
  SpaceInfo below, above;  ///< where they are told, they must be those that are there
  int input_channels = 0, output_channels = 0;
  AxisOrder input_axes, output_axes;
  RowsColumns image_shape;
  double irange = 0;
  int num_nonzero = 0, batch_size = 0, partial_sum = 0;
  String message;
  Seed rng;

  /// Why what was told is not what is there; empty: it is.
  constexpr String told_fault(const SpaceInfo& input, const SpaceInfo& output) const {
    const auto differs = [](const SpaceInfo& told, const SpaceInfo& there) {
      if (told.kind == SpaceKind::null) return false;
      return told.kind != SpaceKind::conv2d || there.kind != SpaceKind::conv2d ||
             told.rows() != there.rows() || told.columns() != there.columns() ||
             told.channels() != there.channels();
    };
    const auto fault = [](const char* key, const String& told, const String& there) {
      return String(key) + " " + told + ": it is " + there;
    };
    if (differs(below, input)) return fault("input_space", to_text(below), to_text(input));
    if (differs(above, output)) return fault("output_space", to_text(above), to_text(output));
    if (input_channels && input_channels != input.channels())
      return fault("input_channels", to_text(input_channels), to_text(input.channels()));
    if (output_channels && output_channels != output.channels())
      return fault("output_channels", to_text(output_channels), to_text(output.channels()));
    if (image_shape && !(image_shape == RowsColumns(input.rows(), input.columns())))
      return fault("image_shape", to_text(image_shape),
                   to_text(RowsColumns(input.rows(), input.columns())));
    return "";
  }
};

/// The base of a transform of images `Base` that draws its weights itself.
template <class Base>
class Random : public Base, public RandomKernels {
 public:
  constexpr ~Random() override {}
  constexpr String fault(const SpaceInfo& input, int outputs) const override {
    if (const String why = Base::fault(input, outputs); !why.empty()) return why;
    return told_fault(input, Base::output_space(input, outputs));
  }
  constexpr bool begins_itself() const override { return true; }
};

/// A convolution whose kernels [out, in, rows, columns] are drawn uniformly by a seed of their own:
/// Pylearn2's make_random_conv2D. The draws, too, are the same to the bit.
class RandomConv2D : public Random<Conv2D> {
 public:
  static constexpr const char* yaml = "pylearn2.linear.conv2d.make_random_conv2D";
  static constexpr const char* also[] = {"pylearn2.linear.conv2D.make_random_conv2D",
                                         "pylearn2.linear.cudnn2d.make_random_conv2D"};
  static constexpr const char* doc = "a convolution with kernels of its own seed";

  constexpr RandomConv2D() {}
  template <KeyOf<RandomConv2D>... O>
  constexpr explicit RandomConv2D(double range, const RowsColumns& kernel, const O&... options) {
    irange = range;
    kernel_shape = kernel;
    give(*this, options...);
  }
  constexpr ~RandomConv2D() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("irange", &RandomConv2D::irange, "weights are uniform in [-irange, irange)")
        .at_least(0);
    made_keys(key);
  }
  /// Those of all that make convolutions of one Space to another.
  template <class K>
  static constexpr void made_keys(K& key) {
    ConvolutionTransform::keys(key);
    key("input_space", &RandomConv2D::below, "the Conv2DSpace below; told, it must be this");
    key("output_space", &RandomConv2D::above, "that above; told, it must be this");
    key("batch_size", &RandomConv2D::batch_size, "accepted and ignored").at_least(0);
    key("message", &RandomConv2D::message, "accepted and ignored");
    key("rng", &RandomConv2D::rng,
        "seed; default [2012, 11, 6, 9], or [2012, 11, 6] of sparse ones");
  }
  void begin(const Between&, const DrawnWeights&, InitialValues&) const override;
};

/// The same with `num_nonzero` normal numbers in all kernels together, at places drawn until they
/// are free: Pylearn2's make_sparse_random_conv2D.
class SparseRandomConv2D : public RandomConv2D {
 public:
  static constexpr const char* yaml = "pylearn2.linear.conv2d.make_sparse_random_conv2D";
  static constexpr const char* also[] = {"pylearn2.linear.cudnn2d.make_sparse_random_conv2D"};
  static constexpr const char* doc =
      "a convolution with few kernel weights that are not 0 at first";

  constexpr SparseRandomConv2D() {}
  template <KeyOf<SparseRandomConv2D>... O>
  constexpr explicit SparseRandomConv2D(int nonzero, const RowsColumns& kernel,
                                        const O&... options) {
    num_nonzero = nonzero;
    kernel_shape = kernel;
    give(*this, options...);
  }
  constexpr ~SparseRandomConv2D() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("num_nonzero", &SparseRandomConv2D::num_nonzero,
                 "weights of all kernels together that are not 0")
        .at_least(0);
    made_keys(key);
  }
  void begin(const Between&, const DrawnWeights&, InitialValues&) const override;
};

/// A convolution as cuda-convnet has it, in any order of axes: kernels [in, rows, columns, out] are
/// not flipped, and there is one more place of them where pixels would be left over. Pylearn2's
/// conv2d_c01b.make_random_conv2D.
class RandomConv2DC01B : public Random<Conv2D> {
 public:
  static constexpr const char* yaml = "pylearn2.linear.conv2d_c01b.make_random_conv2D";
  static constexpr const char* doc =
      "a convolution as cuda-convnet's, with kernels of its own seed";

  constexpr RandomConv2DC01B() {
    flip_kernels = false;
    covers_all = true;
    draws_channels_outside = true;
  }
  constexpr ~RandomConv2DC01B() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("irange", &RandomConv2DC01B::irange, "weights are uniform in [-irange, irange)")
        .at_least(0);
    key("input_channels", &RandomConv2DC01B::input_channels, "told, it must be those there are")
        .at_least(1);
    key("output_channels", &RandomConv2DC01B::output_channels, "told, it must be those there are")
        .at_least(1);
    cuda_keys(key);
  }
  template <class K>
  static constexpr void cuda_keys(K& key) {
    key.required("kernel_shape", &RandomConv2DC01B::kernel_shape,
                 "rows and columns of the kernels");
    key("kernel_stride", &RandomConv2DC01B::subsample, "from one place of the kernels to the next");
    key("pad", &RandomConv2DC01B::pad, "zeros on each side of the image");
    key("input_axes", &RandomConv2DC01B::input_axes,
        "accepted and ignored: those of the image are taken");
    key("output_axes", &RandomConv2DC01B::output_axes, "accepted and ignored");
    key("partial_sum", &RandomConv2DC01B::partial_sum, "accepted and ignored");
    key("message", &RandomConv2DC01B::message, "accepted and ignored");
    key("rng", &RandomConv2DC01B::rng,
        "seed; default [2012, 11, 6, 9], or [2012, 11, 6] of sparse ones");
  }
  void begin(const Between&, const DrawnWeights&, InitialValues&) const override;
};

/// The same with `num_nonzero` normal numbers in each kernel: Pylearn2's
/// conv2d_c01b.make_sparse_random_conv2D.
class SparseRandomConv2DC01B : public RandomConv2DC01B {
 public:
  static constexpr const char* yaml = "pylearn2.linear.conv2d_c01b.make_sparse_random_conv2D";
  static constexpr const char* doc =
      "the same with few weights of a kernel that are not 0 at first";

  constexpr SparseRandomConv2DC01B() {}
  constexpr ~SparseRandomConv2DC01B() override {}
  template <class K>
  static constexpr void keys(K& key) {
    using Self = SparseRandomConv2DC01B;
    key.required("num_nonzero", &Self::num_nonzero, "weights of a kernel that are not 0")
        .at_least(0);
    key("input_space", &Self::below, "the Conv2DSpace below; told, it must be this");
    key("output_space", &Self::above, "that above; told, it must be this");
    key("border_mode", &Self::border_mode, "valid: kernels lie inside the padded image");
    cuda_keys(key);
  }
  constexpr String fault(const SpaceInfo& input, int outputs) const override {
    if (const String why = RandomConv2DC01B::fault(input, outputs); !why.empty()) return why;
    const int weights = input.channels() * kernel_shape.rows * kernel_shape.columns;
    if (num_nonzero > weights)
      return "num_nonzero " + to_text(num_nonzero) + ": a kernel has " + to_text(weights).view() +
             " weights";
    return "";
  }
  void begin(const Between&, const DrawnWeights&, InitialValues&) const override;
};

/// Kernels that differ from place to place, [place, in, rows, columns, out], uniform by a seed of
/// their own: Pylearn2's make_random_local.
class RandomLocal : public Random<TiledConv2D> {
 public:
  static constexpr const char* yaml = "pylearn2.linear.local_c01b.make_random_local";
  static constexpr const char* doc = "locally connected, with kernels of its own seed";
  int input_groups = 1;

  constexpr RandomLocal() { flip_kernels = false; }
  constexpr ~RandomLocal() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("irange", &RandomLocal::irange, "weights are uniform in [-irange, irange)")
        .at_least(0);
    key.required("kernel_shape", &RandomLocal::kernel_shape, "rows and columns of the kernels");
    key("kernel_stride", &RandomLocal::subsample, "from one place of the kernels to the next");
    key("pad", &RandomLocal::pad, "zeros on each side of the image");
    key("input_channels", &RandomLocal::input_channels, "told, it must be those there are")
        .at_least(1);
    key("output_channels", &RandomLocal::output_channels, "told, it must be those there are")
        .at_least(1);
    key("input_groups", &RandomLocal::input_groups, "1: each kernel sees all channels")
        .from_to(1, 1);
    key("image_shape", &RandomLocal::image_shape, "rows and columns; told, it must be these");
    key("input_axes", &RandomLocal::input_axes,
        "accepted and ignored: those of the image are taken");
    key("output_axes", &RandomLocal::output_axes, "accepted and ignored");
    key("partial_sum", &RandomLocal::partial_sum, "accepted and ignored");
    key("message", &RandomLocal::message, "accepted and ignored");
    key("rng", &RandomLocal::rng, "seed; default [2012, 11, 6, 9]");
  }
  void begin(const Between&, const DrawnWeights&, InitialValues&) const override;
};

/// TiledConv2D with kernels [place of a tile, in, rows, columns, out], uniform by a seed of their
/// own.
class RandomTiledConv2D : public Random<TiledConv2D> {
 public:
  static constexpr const char* yaml = "ansatz.linear.make_random_tiled_conv2D";
  static constexpr const char* doc = "a tiled convolution with kernels of its own seed";

  constexpr RandomTiledConv2D() {}
  constexpr ~RandomTiledConv2D() override {}
  template <class K>
  static constexpr void keys(K& key) {
    using Self = RandomTiledConv2D;
    key.required("irange", &Self::irange, "weights are uniform in [-irange, irange)").at_least(0);
    TiledConv2D::keys(key);
    key("input_space", &Self::below, "the Conv2DSpace below; told, it must be this");
    key("output_space", &Self::above, "that above; told, it must be this");
    key("rng", &Self::rng, "seed; default [2012, 11, 6, 9]");
  }
  void begin(const Between&, const DrawnWeights&, InitialValues&) const override;
};

/// Windows `rf_shape` of an image, `stride` apart, each seen by as many units as there are: as many
/// of the `nhid` as there are windows, the windows row by row. Pylearn2's make_local_rfs, whose
/// matrix is mostly zeros, as what it is: locally connected. Weights are drawn unit by unit.
class LocalRfs : public Random<TiledConv2D> {
 public:
  static constexpr const char* yaml = "pylearn2.linear.matrixmul.make_local_rfs";
  static constexpr const char* doc = "units that see windows of an image";
  int nhid = 0;
  Shared<Dataset> dataset;
  bool draw_patches = false;

  constexpr LocalRfs() {
    flip_kernels = false;
    irange = .05;
  }
  constexpr ~LocalRfs() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("nhid", &LocalRfs::nhid, "number of units").at_least(1);
    key.required("rf_shape", &LocalRfs::kernel_shape, "rows and columns of a window");
    key.required("stride", &LocalRfs::subsample, "from one window to the next");
    key("irange", &LocalRfs::irange, "weights are uniform in [-irange, irange)").at_least(0);
    key("dataset", &LocalRfs::dataset, "accepted and ignored: windows are of the image below");
    key("draw_patches", &LocalRfs::draw_patches, "must be false: weights are drawn, not patches");
    key("rng", &LocalRfs::rng, "seed; default [2012, 7, 18]");
  }
  constexpr String fault(const SpaceInfo& input, int outputs) const override {
    if (draw_patches) return "draw_patches: patches of the data cannot be the first weights";
    if (const String why = geometry_fault(input); !why.empty()) return why;
    const RowsColumns at = places(input);
    if ((input.rows() - kernel_shape.rows) % subsample.rows ||
        (input.columns() - kernel_shape.columns) % subsample.columns)
      return "windows " + to_text(kernel_shape) + ", " + to_text(subsample).view() +
             " apart, do not reach the last pixels of " + to_text(input).view();
    const int windows = at.rows * at.columns;
    if (nhid % windows)
      return "nhid " + to_text(nhid) + ": a multiple of " + to_text(windows).view() +
             ", the number of windows, is needed";
    if (nhid != outputs)
      return "nhid " + to_text(nhid) + ": there are " + to_text(outputs).view() + " units";
    return Random<TiledConv2D>::fault(input, outputs);
  }
  constexpr Filters filters(const Between& at) const override {
    Filters f = Random<TiledConv2D>::filters(at);
    // window, unit, row, column, channel
    const ir::Shape s = shape(at);
    f.drawn = ir::make_shape(s[0], s[4], s[1], s[2], s[3]);
    f.stored = {0, 2, 3, 4, 1};
    f.unit_axes = 1 | 2;
    return f;
  }
  void begin(const Between&, const DrawnWeights&, InitialValues&) const override;
};

}  // namespace ansatz
