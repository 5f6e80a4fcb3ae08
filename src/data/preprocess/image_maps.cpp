#include <ansatz/data/preprocess/image_maps.hpp>

#include <ansatz/base/key_faults.hpp>
#include <ansatz/base/random_state.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/data/table.hpp>
#include <dsl/exceptions.hpp>

#include "../swapped_order.hpp"

#include <fmt/format.h>

#include <functional>
#include <numeric>

namespace ansatz {

namespace {

void require_pixels(const RowsColumns& shape, const char* key, int least = 1) {
  if (shape.rows < least || shape.columns < least)
    throw KeyFaults(key, fmt::format("{} is {}; at least {} x {} is needed", key,
                                     to_text(shape).view(), least, least));
}

// Which part of an image a patch is.
struct Part {
  std::int64_t image = 0, row = 0, column = 0;
};

// The images of a table, and what is made of them.
struct Images {
  Table table;
  std::size_t place = 0;  // of the features among the columns
  std::int64_t count = 0, rows = 0, columns = 0, channels = 0;
  std::vector<double> pixels;

  Images(const char* name, const std::shared_ptr<const BatchSource>& data)
      : table(in_memory(data)) {
    const Column& features = table.column("features");
    place = static_cast<std::size_t>(&features - table.columns().data());
    if (!features.conv)
      throw ValueError(fmt::format("{}: the features are no images: {} numbers an example", name,
                                   features.width()));
    count = features.examples;
    rows = features.example[0];
    columns = features.example[1];
    channels = features.example[2];
    pixels.resize(static_cast<std::size_t>(count * features.width()));
    Table::gather(features, {0, count, nullptr}, ElementType::float64, pixels.data());
  }
  double at(std::int64_t n, std::int64_t r, std::int64_t c, std::int64_t k) const {
    return pixels[static_cast<std::size_t>(((n * rows + r) * columns + c) * channels + k)];
  }
  void require(const char* name, const RowsColumns& part) const {
    if (part.rows > rows || part.columns > columns)
      throw ShapeError(fmt::format("{}: {} pixels, but the images have {} x {}", name,
                                   to_text(part).view(), rows, columns));
  }
  // Images of the element type of these.
  Column made(std::vector<double> values, std::int64_t r, std::int64_t c) const {
    if (table.columns()[place].type == ElementType::float64)
      return image_column("features", std::move(values), r, c, channels);
    return image_column("features", std::vector<float>(values.begin(), values.end()), r, c,
                        channels);
  }
  Column parts(const std::vector<Part>& list, const RowsColumns& shape) const {
    std::vector<double> values;
    values.reserve(list.size() * static_cast<std::size_t>(shape.rows * shape.columns * channels));
    for (const Part& p : list)
      for (std::int64_t r = 0; r < shape.rows; ++r)
        for (std::int64_t c = 0; c < shape.columns; ++c)
          for (std::int64_t k = 0; k < channels; ++k)
            values.push_back(at(p.image, p.row + r, p.column + c, k));
    return made(std::move(values), shape.rows, shape.columns);
  }
};

// Examples of a column, in this order; one may be there several times.
Column chosen(const Column& column, const std::vector<std::int64_t>& which) {
  const Subset subset{0, std::ssize(which), which.data()};
  const auto bytes =
      static_cast<std::size_t>(std::ssize(which) * column.width() * element_size(column.type));
  auto memory = std::make_shared<std::vector<unsigned char>>(bytes);
  Table::gather(column, subset, column.type, memory->data());
  Column out = column;
  out.examples = std::ssize(which);
  out.data = memory->data();
  out.owner = memory;
  out.origin = nullptr;
  return out;
}

// The table with other images; its other columns have the examples `which`.
std::shared_ptr<const BatchSource> with_images(const Images& from, Column images,
                                               const std::vector<std::int64_t>& which) {
  std::vector<Column> columns;
  for (std::size_t i = 0; i < from.table.columns().size(); ++i) {
    if (i == from.place)
      columns.push_back(std::move(images));
    else
      columns.push_back(chosen(from.table.columns()[i], which));
  }
  return std::make_shared<const Table>(std::move(columns));
}

std::vector<std::int64_t> all_of(std::int64_t count) {
  std::vector<std::int64_t> list(static_cast<std::size_t>(count));
  std::iota(list.begin(), list.end(), 0);
  return list;
}

// A preprocessor that has learned nothing: a function of the data.
class DataMap final : public PreprocessorRun {
 public:
  using Source = std::shared_ptr<const BatchSource>;
  explicit DataMap(std::function<Source(const Source&)> map) : map_(std::move(map)) {}
  Source apply(Source data) const override { return map_(data); }

 private:
  std::function<Source(const Source&)> map_;
};
std::shared_ptr<PreprocessorRun> data_map(
    std::function<DataMap::Source(const DataMap::Source&)> map) {
  return std::make_shared<DataMap>(std::move(map));
}

class PipelineRun final : public PreprocessorRun {
 public:
  explicit PipelineRun(const Pipeline& how) {
    for (const Shared<Preprocessor>& each : how.items) {
      items_.push_back(each->start());
      learns_.push_back(each->learns());
    }
  }
  void fit(const std::shared_ptr<const BatchSource>& data) override {
    std::shared_ptr<const BatchSource> now = data;
    const std::size_t last = last_that_learns();
    for (std::size_t i = 0; i < last; ++i) {
      if (learns_[i]) items_[i]->fit(now);
      if (i + 1 < last) now = items_[i]->apply(now);
    }
  }
  std::shared_ptr<const BatchSource> apply(std::shared_ptr<const BatchSource> data) const override {
    for (const auto& each : items_) data = each->apply(std::move(data));
    return data;
  }
  void learned(LearnedArrays& visit) override {
    for (std::size_t i = 0; i < items_.size(); ++i) {
      Numbered numbered(visit, i);
      items_[i]->learned(numbered);
    }
  }

 private:
  // "0.mean": what the first item has learned.
  class Numbered final : public LearnedArrays {
   public:
    Numbered(LearnedArrays& to, std::size_t item) : to_(to), item_(item) {}
    void operator()(std::string_view name, LearnedArray& array) override {
      to_(fmt::format("{}.{}", item_, name), array);
    }

   private:
    LearnedArrays& to_;
    std::size_t item_;
  };
  std::size_t last_that_learns() const {
    std::size_t n = items_.size();
    while (n > 0 && !learns_[n - 1]) --n;
    return n;
  }

  std::vector<std::shared_ptr<PreprocessorRun>> items_;
  std::vector<bool> learns_;
};

}  // namespace

void ExtractPatches::check() const { require_pixels(patch_shape, "patch_shape"); }
std::shared_ptr<PreprocessorRun> ExtractPatches::start() const {
  check();
  return data_map([how = *this](const auto& data) -> DataMap::Source {
    const Images images("ExtractPatches", data);
    images.require("ExtractPatches", how.patch_shape);
    RandomState random = random_state(how.rng, {1, 2, 3});
    std::vector<Part> parts;
    for (int i = 0; i < how.num_patches; ++i) {
      Part p;
      p.image = random.randint(0, images.count);
      p.row = random.randint(0, images.rows - how.patch_shape.rows + 1);
      p.column = random.randint(0, images.columns - how.patch_shape.columns + 1);
      parts.push_back(p);
    }
    std::vector<Column> columns;
    columns.push_back(images.parts(parts, how.patch_shape));
    return std::make_shared<const Table>(std::move(columns));
  });
}

void ExtractGridPatches::check() const {
  require_pixels(patch_shape, "patch_shape");
  require_pixels(patch_stride, "patch_stride", 0);
}
std::shared_ptr<PreprocessorRun> ExtractGridPatches::start() const {
  check();
  return data_map([how = *this](const auto& data) -> DataMap::Source {
    const Images images("ExtractGridPatches", data);
    images.require("ExtractGridPatches", how.patch_shape);
    const auto places = [](std::int64_t size, int patch, int stride) {
      return stride ? (size - patch) / stride + 1 : std::int64_t{1};
    };
    const std::int64_t down = places(images.rows, how.patch_shape.rows, how.patch_stride.rows);
    const std::int64_t across =
        places(images.columns, how.patch_shape.columns, how.patch_stride.columns);
    std::vector<Part> parts;
    std::vector<std::int64_t> which;
    for (std::int64_t n = 0; n < images.count; ++n)
      for (std::int64_t r = 0; r < down; ++r)
        for (std::int64_t c = 0; c < across; ++c) {
          parts.push_back({n, r * how.patch_stride.rows, c * how.patch_stride.columns});
          which.push_back(n);
        }
    return with_images(images, images.parts(parts, how.patch_shape), which);
  });
}

void ReassembleGridPatches::check() const {
  require_pixels(orig_shape, "orig_shape");
  require_pixels(patch_shape, "patch_shape");
  if (orig_shape.rows % patch_shape.rows || orig_shape.columns % patch_shape.columns)
    throw KeyFaults("patch_shape",
                    fmt::format("patch_shape {} does not divide orig_shape {}",
                                to_text(patch_shape).view(), to_text(orig_shape).view()));
}
std::shared_ptr<PreprocessorRun> ReassembleGridPatches::start() const {
  check();
  return data_map([how = *this](const auto& data) -> DataMap::Source {
    const Images patches("ReassembleGridPatches", data);
    const RowsColumns &image = how.orig_shape, &patch = how.patch_shape;
    if (patches.rows != patch.rows || patches.columns != patch.columns)
      throw ShapeError(
          fmt::format("ReassembleGridPatches: patches of {} x {} pixels, where "
                      "patch_shape is {}",
                      patches.rows, patches.columns, to_text(patch).view()));
    const std::int64_t across = image.columns / patch.columns;
    const std::int64_t each = image.rows / patch.rows * across;
    if (patches.count % each != 0)
      throw ShapeError(fmt::format("ReassembleGridPatches: {} patches are no images of {} each",
                                   patches.count, each));
    std::vector<double> values;
    std::vector<std::int64_t> which;
    for (std::int64_t n = 0; n < patches.count; n += each) {
      which.push_back(n);
      for (std::int64_t r = 0; r < image.rows; ++r)
        for (std::int64_t c = 0; c < image.columns; ++c)
          for (std::int64_t k = 0; k < patches.channels; ++k)
            values.push_back(patches.at(n + r / patch.rows * across + c / patch.columns,
                                        r % patch.rows, c % patch.columns, k));
    }
    return with_images(patches, patches.made(std::move(values), image.rows, image.columns), which);
  });
}

void CentralWindow::check() const { require_pixels(window_shape, "window_shape"); }
std::shared_ptr<PreprocessorRun> CentralWindow::start() const {
  check();
  return data_map([how = *this](const auto& data) -> DataMap::Source {
    const Images images("CentralWindow", data);
    images.require("CentralWindow", how.window_shape);
    std::vector<Part> parts;
    for (std::int64_t n = 0; n < images.count; ++n)
      parts.push_back({n, (images.rows - how.window_shape.rows) / 2,
                       (images.columns - how.window_shape.columns) / 2});
    return with_images(images, images.parts(parts, how.window_shape), all_of(images.count));
  });
}

void Downsample::check() const { require_pixels(sampling_factor, "sampling_factor"); }
std::shared_ptr<PreprocessorRun> Downsample::start() const {
  check();
  return data_map([how = *this](const auto& data) -> DataMap::Source {
    const Images images("Downsample", data);
    images.require("Downsample", how.sampling_factor);
    const std::int64_t down = how.sampling_factor.rows, across = how.sampling_factor.columns;
    const std::int64_t rows = images.rows / down, columns = images.columns / across;
    std::vector<double> values;
    for (std::int64_t n = 0; n < images.count; ++n)
      for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t c = 0; c < columns; ++c)
          for (std::int64_t k = 0; k < images.channels; ++k) {
            double sum = 0;
            for (std::int64_t i = 0; i < down; ++i)
              for (std::int64_t j = 0; j < across; ++j)
                sum += images.at(n, r * down + i, c * across + j, k);
            values.push_back(sum / static_cast<double>(down * across));
          }
    return with_images(images, images.made(std::move(values), rows, columns), all_of(images.count));
  });
}

void ShuffleAndSplit::check() const {
  if (stop <= start_at)
    throw KeyFaults(
        "stop", fmt::format("start {} and stop {} are not a range of examples", start_at, stop));
}
std::shared_ptr<PreprocessorRun> ShuffleAndSplit::start() const {
  check();
  return data_map([how = *this](const auto& data) -> DataMap::Source {
    const Table table = in_memory(data);
    if (how.stop > table.examples())
      throw ValueError(fmt::format("ShuffleAndSplit: stop is {}, but there are {} examples",
                                   how.stop, table.examples()));
    RandomState random = random_state(how.seed, {1, 2, 3});
    const std::vector<std::int64_t> order = data::swapped_order(random, table.examples());
    const std::vector<std::int64_t> part(order.begin() + how.start_at, order.begin() + how.stop);
    std::vector<Column> columns;
    for (const Column& each : table.columns()) columns.push_back(chosen(each, part));
    return std::make_shared<const Table>(std::move(columns));
  });
}

std::shared_ptr<PreprocessorRun> Pipeline::start() const {
  return std::make_shared<PipelineRun>(*this);
}

}  // namespace ansatz
