// TiledConv2D: y = x * W, W other kernels at each place of a tile
#pragma once

#include <ansatz/linear/conv2d.hpp>
#include <dsl/ops/image/tiled_convolve.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A convolution whose kernels differ from place to place and repeat after `tile` places (Le,
/// Ngiam, Chen, Chia, Koh and Ng 2010), or never: then it is locally connected, Pylearn2's Local
/// (local_c01b). The weights are [places of a tile, rows, columns, in, out].
///
///     RectifiedLinear("h", 24 * 24 * 16, transform(TiledConv2D(RowsColumns(5), tile_shape(2))),
///                     irange(.05))
class TiledConv2D : public ConvolutionTransform {
 public:
  static constexpr const char* yaml = "ansatz.linear.TiledConv2D";
  static constexpr const char* also[] = {"pylearn2.linear.local_c01b.Local"};
  static constexpr const char* doc = "kernels that differ from place to place";
  RowsColumns tile_shape;

  constexpr TiledConv2D() {}
  template <KeyOf<TiledConv2D>... O>
  constexpr explicit TiledConv2D(const RowsColumns& kernel, const O&... options) {
    kernel_shape = kernel;
    give(*this, options...);
  }
  constexpr ~TiledConv2D() override {}
  template <class K>
  static constexpr void keys(K& key) {
    ConvolutionTransform::keys(key);
    key("tile_shape", &TiledConv2D::tile_shape,
        "rows and columns of places with kernels of their own; default: all places");
  }

  constexpr String fault(const SpaceInfo& input, int outputs) const override {
    if (tile_shape.rows < 0 || tile_shape.columns < 0)
      return "tile_shape " + to_text(tile_shape) + ": at least 1 x 1 is needed";
    return ConvolutionTransform::fault(input, outputs);
  }
  constexpr ir::Shape shape(const Between& at) const override {
    return ir::make_shape(tiled(at.input).kernels(), kernel_shape.rows, kernel_shape.columns,
                          at.input.channels(), at.output.channels());
  }
  constexpr AnyExpr lmul(const Between& at, const AnyExpr& W, const AnyExpr& x) const override {
    return AnyExpr(
        ir::make(ir::info_of<ops::TiledConvolve>, tiled(at.input).attr(), x.value(), W.value()));
  }
  constexpr AnyExpr lmul_T(const Between& at, const AnyExpr& W, const AnyExpr& y) const override {
    return AnyExpr(ir::make(ir::info_of<ops::TiledConvolveInputGradient>, tiled(at.input).attr(),
                            y.value(), W.value()));
  }
  constexpr Filters filters(const Between& at) const override {
    const int in = at.input.channels(), out = at.output.channels();
    const int rows = kernel_shape.rows, columns = kernel_shape.columns;
    const int tiles = tiled(at.input).kernels();
    Filters f{in * rows * columns, tiles * out, out * rows * columns, false};
    // Pylearn2's order: module, in, rows, columns, out.
    f.drawn = ir::make_shape(tiles, in, rows, columns, out);
    f.stored = {0, 2, 3, 1, 4};
    f.unit_axes = 1 | 16;
    return f;
  }
  /// The lengths of the kernels, [places of a tile, channels].
  constexpr AnyExpr column_norms(const Between&, const AnyExpr& W) const override {
    return norm(W, axis<1>, axis<2>, axis<3>);
  }
  /// The lengths of the weights that each channel of the image meets.
  constexpr AnyExpr row_norms(const Between&, const AnyExpr& W) const override {
    return norm(W, axis<0>, axis<1>, axis<2>, axis<4>);
  }
  constexpr AnyExpr limited_columns(const Between&, const AnyExpr& W, const Expr<Scalar>& low,
                                    const Expr<Scalar>& high) const override {
    return norm_constrained<1, 2, 3>(W, low, high);
  }

 private:
  constexpr ir::TiledConvolution tiled(const SpaceInfo& input) const {
    const ir::Convolution c = geometry(input);
    const auto own = [](int asked, int places) {
      return asked > 0 && asked < places ? asked : places;
    };
    return {c, own(tile_shape.rows, c.count(0)), own(tile_shape.columns, c.count(1))};
  }
};

}  // namespace ansatz
