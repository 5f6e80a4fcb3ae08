// WindowLayer: a part of an image.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/layer.hpp>
#include <ansatz/spaces/format_as.hpp>
#include <dsl/ops/view/slice.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The pixels of rows r0 .. r1 and columns c0 .. c1 of the image below, the last ones included:
/// Pylearn2's WindowLayer. It has no parameters.
///
///     WindowLayer("crop", {0, 27, 2, 25})
class WindowLayer : public Layer {
 public:
  static constexpr const char* yaml = "pylearn2.models.mlp.WindowLayer";
  static constexpr const char* doc = "a part of an image";
  ir::List<int> window;

  constexpr WindowLayer() {}
  constexpr WindowLayer(const char* name, std::initializer_list<int> rows_columns) {
    layer_name = name;
    for (const int i : rows_columns) window.push_back(i);
  }
  template <class K>
  static constexpr void keys(K& key) {
    Layer::keys(key);
    key.required("window", &WindowLayer::window,
                 "[r0, c0, r1, c1]: the first row and column, and the last");
  }

  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    if (input.kind != SpaceKind::conv2d)
      refuse("an image, a Conv2DSpace, is needed below it; found " + to_text(input));
    if (window.size() != 4) refuse("window needs four numbers: [r0, c0, r1, c1]");
    const bool fits = 0 <= window[0] && window[0] <= window[2] && window[2] < input.rows() &&
                      0 <= window[1] && window[1] <= window[3] && window[3] < input.columns();
    if (!fits)
      refuse("window [" + to_text(window[0]) + ", " + to_text(window[1]).view() + ", " +
             to_text(window[2]).view() + ", " + to_text(window[3]).view() + "] does not lie in " +
             to_text(input).view());
    return conv2d_space(window[2] - window[0] + 1, window[3] - window[1] + 1, input.channels(),
                        input.axes);
  }
  constexpr Signal fprop(const Place& at, const Signal& below) const override {
    const AnyExpr x = format_as(below, at.input).value();
    AnyExpr y;
    if (at.input.axes == Axes::bc01)
      y = slice(slice(x, axis<1>, window[0], window[2] + 1), axis<2>, window[1], window[3] + 1);
    else
      y = slice(slice(x, axis<0>, window[0], window[2] + 1), axis<1>, window[1], window[3] + 1);
    return Signal(output_space(at.input), y);
  }
};

}  // namespace ansatz
