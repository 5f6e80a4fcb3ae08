// Images as a retina sees them: sharp in the middle, coarser from ring to ring.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/preprocessor.hpp>
#include <ansatz/spaces/rows_columns.hpp>

#include <vector>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A square of pixels of one channel.
struct RetinaBlock {
  int row = 0, column = 0, side = 1, channel = 0;
};

/// What each number of a foveated image is the mean of. `rings` are the widths of square rings,
/// from the edge inwards: the first is divided into blocks as wide as itself, left, right, above
/// and below; the second lies within it; pixels of the middle are by themselves. A channel has its
/// middle first, row by row, and then the rings; channel follows channel. Pylearn2's
/// datasets/retina.py. ValueError where a ring's width does not divide what it encloses, or the
/// rings leave nothing.
std::vector<RetinaBlock> retina_blocks(const RowsColumns& image, int channels,
                                       const ir::List<int>& rings);
/// How many they are.
constexpr std::int64_t retina_size(const RowsColumns& image, const ir::List<int>& rings) {
  std::int64_t rows = image.rows, columns = image.columns, size = 0;
  for (const int width : rings) {
    if (width < 1) return 0;
    size += 2 * (rows / width) + 2 * ((columns - 2 * width) / width);
    rows -= 2 * width;
    columns -= 2 * width;
  }
  return rows < 1 || columns < 1 ? 0 : size + rows * columns;
}

/// Images to vectors of means, see retina_blocks.
///
///     RetinaEncodingBlock({8, 4, 2, 2})    // 96 x 96 pixels to 4488 numbers a channel
class RetinaEncodingBlock : public Preprocessor {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.retina.RetinaEncodingBlock";
  static constexpr const char* doc = "images that are sharp in the middle and coarse at the edge";
  ir::List<int> rings;

  constexpr RetinaEncodingBlock() {}
  constexpr explicit RetinaEncodingBlock(std::initializer_list<int> widths) {
    for (const int each : widths) rings.push_back(each);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("rings", &RetinaEncodingBlock::rings,
                 "widths of the rings, from the edge inwards; pixels of one become means")
        .at_least(1);
  }
  constexpr bool learns() const override { return false; }
  constexpr SpaceInfo output_space(const SpaceInfo& images) const override {
    return vector_space(static_cast<int>(retina_size({images.rows(), images.columns()}, rings) *
                                         images.channels()));
  }
  std::shared_ptr<PreprocessorRun> start() const override;
};

/// Back to images: each mean takes all pixels of its block.
class RetinaDecodingBlock : public Preprocessor {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.retina.RetinaDecodingBlock";
  static constexpr const char* doc = "images of what a RetinaEncodingBlock made";
  ir::List<int> img_shp, rings;

  constexpr RetinaDecodingBlock() {}
  constexpr RetinaDecodingBlock(std::initializer_list<int> shape,
                                std::initializer_list<int> widths) {
    for (const int each : shape) img_shp.push_back(each);
    for (const int each : widths) rings.push_back(each);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("img_shp", &RetinaDecodingBlock::img_shp, "[rows, columns, channels] of an image")
        .at_least(1);
    key.required("rings", &RetinaDecodingBlock::rings, "as they were encoded").at_least(1);
  }
  void check() const;
  constexpr bool learns() const override { return false; }
  constexpr SpaceInfo output_space(const SpaceInfo& codes) const override {
    return img_shp.size() == 3 ? conv2d_space(img_shp[0], img_shp[1], img_shp[2]) : codes;
  }
  std::shared_ptr<PreprocessorRun> start() const override;
};

}  // namespace ansatz
