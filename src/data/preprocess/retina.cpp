#include <ansatz/data/preprocess/retina.hpp>

#include <ansatz/base/key_faults.hpp>
#include <ansatz/data/preprocess/row_preprocessor.hpp>
#include <ansatz/data/source.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

namespace ansatz {

namespace {

// Blocks of one width in rows first .. last - 1 and columns left .. right - 1.
void add_blocks(std::vector<RetinaBlock>& list, const RetinaBlock& like, int last, int right) {
  for (int row = like.row; row + like.side <= last; row += like.side)
    for (int column = like.column; column + like.side <= right; column += like.side)
      list.push_back({row, column, like.side, like.channel});
}

// The pixels of a block, by their place in an image [rows, columns, channels].
template <class Use>
void for_each_pixel(const RetinaBlock& block, int columns, int channels, Use use) {
  for (int r = block.row; r < block.row + block.side; ++r)
    for (int c = block.column; c < block.column + block.side; ++c)
      use((std::int64_t{r} * columns + c) * channels + block.channel);
}

class RetinaRows : public RowPreprocessor {
 public:
  RetinaRows(const char* name, const RowsColumns& image, int channels, const ir::List<int>& rings)
      : RowPreprocessor(name),
        image_(image),
        channels_(channels),
        blocks_(retina_blocks(image, channels, rings)) {}

 protected:
  std::int64_t pixels() const { return std::int64_t{image_.rows} * image_.columns * channels_; }

  RowsColumns image_;
  int channels_;
  std::vector<RetinaBlock> blocks_;
};

class Encoded final : public RetinaRows {
 public:
  using RetinaRows::RetinaRows;

 protected:
  std::int64_t width(std::int64_t) const override { return std::ssize(blocks_); }
  void shape(Column& features) const override {
    features.example = Dims{std::ssize(blocks_)};
    features.conv = false;
  }
  void rows(const double* in, double* out, std::int64_t count, std::int64_t) const override {
    for (std::int64_t i = 0; i < count; ++i, in += pixels())
      for (const RetinaBlock& block : blocks_) {
        double sum = 0;
        for_each_pixel(block, image_.columns, channels_, [&](std::int64_t at) { sum += in[at]; });
        *out++ = sum / (block.side * block.side);
      }
  }
};

class Decoded final : public RetinaRows {
 public:
  using RetinaRows::RetinaRows;

 protected:
  std::int64_t width(std::int64_t numbers) const override {
    if (numbers != std::ssize(blocks_))
      throw ShapeError(
          fmt::format("RetinaDecodingBlock: examples have {} numbers, but images of {} pixels and "
                      "{} channels have {} by these rings",
                      numbers, to_text(image_).view(), channels_, blocks_.size()));
    return pixels();
  }
  void shape(Column& features) const override {
    (void)width(features.width());
    features.example = Dims{image_.rows, image_.columns, channels_};
    features.conv = true;
  }
  void rows(const double* in, double* out, std::int64_t count, std::int64_t) const override {
    for (std::int64_t i = 0; i < count; ++i, out += pixels())
      for (const RetinaBlock& block : blocks_) {
        for_each_pixel(block, image_.columns, channels_, [&](std::int64_t at) { out[at] = *in; });
        ++in;
      }
  }
};

// What the images are shows when there are some.
class Encoding final : public PreprocessorRun {
 public:
  explicit Encoding(ir::List<int> rings) : rings_(std::move(rings)) {}
  std::shared_ptr<const BatchSource> apply(std::shared_ptr<const BatchSource> data) const override {
    const Column& images = data->column("features");
    if (!images.conv)
      throw ValueError(
          fmt::format("RetinaEncodingBlock: the features are no images: {} numbers an example",
                      images.width()));
    return std::make_shared<Encoded>("RetinaEncodingBlock",
                                     RowsColumns(static_cast<int>(images.example[0]),
                                                 static_cast<int>(images.example[1])),
                                     static_cast<int>(images.example[2]), rings_)
        ->apply(std::move(data));
  }

 private:
  ir::List<int> rings_;
};

}  // namespace

std::vector<RetinaBlock> retina_blocks(const RowsColumns& image, int channels,
                                       const ir::List<int>& rings) {
  int edge = 0;
  for (const int width : rings) {
    const RowsColumns left{image.rows - 2 * edge, image.columns - 2 * edge};
    if (width < 1 || left.rows % width || left.columns % width || left.rows <= 2 * width ||
        left.columns <= 2 * width)
      throw ValueError(fmt::format("a ring {} wide does not divide {} pixels and leave a middle",
                                   width, to_text(left).view()));
    edge += width;
  }
  std::vector<RetinaBlock> list;
  for (int k = 0; k < channels; ++k) {
    add_blocks(list, {edge, edge, 1, k}, image.rows - edge, image.columns - edge);
    int at = 0;
    for (const int width : rings) {
      const int bottom = image.rows - at, right = image.columns - at;
      add_blocks(list, {at, at, width, k}, bottom, at + width);
      add_blocks(list, {at, right - width, width, k}, bottom, right);
      add_blocks(list, {at, at + width, width, k}, at + width, right - width);
      add_blocks(list, {bottom - width, at + width, width, k}, bottom, right - width);
      at += width;
    }
  }
  return list;
}

std::shared_ptr<PreprocessorRun> RetinaEncodingBlock::start() const {
  return std::make_shared<Encoding>(rings);
}

void RetinaDecodingBlock::check() const {
  if (img_shp.size() != 3)
    throw KeyFaults("img_shp", fmt::format("img_shp has {} numbers; rows, columns and channels are "
                                           "needed",
                                           img_shp.size()));
}
std::shared_ptr<PreprocessorRun> RetinaDecodingBlock::start() const {
  check();
  return std::make_shared<Decoded>("RetinaDecodingBlock", RowsColumns(img_shp[0], img_shp[1]),
                                   img_shp[2], rings);
}

}  // namespace ansatz
