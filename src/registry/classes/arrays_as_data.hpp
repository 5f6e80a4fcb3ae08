// Data sets of arrays that YAML describes.
#pragma once

#include "../numpy.hpp"
#include "../spaces.hpp"

#include <ansatz/base/key_faults.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/data/dense_design_matrix.hpp>
#include <ansatz/data/image_axes.hpp>
#include <ansatz/data/sets/drawn_sets.hpp>
#include <ansatz/data/sets/file_sets.hpp>
#include <ansatz/data/sets/mnist_set.hpp>
#include <ansatz/data/source_dataset.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/data/tables.hpp>
#include <ansatz/spaces/data_specs.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

namespace ansatz::named {

/// Rows of a design matrix that are images: their planes, one channel after the other.
class DefaultViewConverter : public ViewConverterObject {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.dense_design_matrix.DefaultViewConverter";
  static constexpr const char* doc = "rows of a design matrix are images";
  ir::List<int> shape;
  AxisOrder axes;

  template <class K>
  static constexpr void keys(K& key) {
    key.required("shape", &DefaultViewConverter::shape, "rows, columns and channels of an image")
        .at_least(1);
    key("axes", &DefaultViewConverter::axes, "accepted and ignored: a model takes any order");
  }
  void check() const {
    if (shape.size() != 3)
      throw KeyFaults("shape", fmt::format("shape has {} numbers; it needs 3: rows, columns, "
                                           "channels",
                                           shape.size()));
    (void)conv2d_space(shape[0], shape[1], shape[2]).total_dimension();
  }
  std::vector<int> image_shape() const override { return {shape.begin(), shape.end()}; }
};

/// A data set of arrays, as YAML describes it.
class DescribedDesignMatrix : public Dataset, public Preprocessing {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.dense_design_matrix.DenseDesignMatrix";
  static constexpr const char* doc = "arrays as a data set";
  Shared<ArrayObject> X, y, topo_view;
  Shared<ViewConverterObject> view_converter;
  std::optional<int> X_labels, y_labels;
  AxisOrder axes;
  Seed rng;

  template <class K>
  static constexpr void keys(K& key) {
    using Self = DescribedDesignMatrix;
    key("X", &Self::X, "features [examples, features]");
    key("topo_view", &Self::topo_view, "images [examples, rows, columns, channels], instead of X");
    key("y", &Self::y, "targets [examples, outputs], or labels [examples] with y_labels");
    key("view_converter", &Self::view_converter, "how the rows of X are images")
        .not_with("topo_view");
    key("X_labels", &Self::X_labels, "features are labels below this").at_least(1).only_with("X");
    key("y_labels", &Self::y_labels, "targets are labels below this").at_least(1);
    key("axes", &Self::axes, "order of topo_view's axes; default ['b', 0, 1, 'c']")
        .only_with("topo_view");
    key("rng", &Self::rng, "accepted and ignored: the algorithm has the generator");
    preprocessing_keys(key);
  }
  const Preprocessing* preprocessing() const override { return this; }
  void check() const {
    if (!X == !topo_view) throw ValueError("exactly one of X and topo_view must be given");
    if (X && X->shape().size() != 2)
      throw ShapeError(
          fmt::format("X has {} dimensions; it needs 2: examples, features", X->shape().size()));
    if (topo_view && topo_view->shape().size() != 4)
      throw ShapeError(
          fmt::format("topo_view has {} dimensions; it needs 4: examples, rows, "
                      "columns, channels",
                      topo_view->shape().size()));
    if (view_converter) {
      if (X_labels) throw KeyFaults("X_labels", "X_labels: labels are no images");
      const std::int64_t numbers = image().total_dimension();
      if (X && X->shape()[1] != numbers)
        throw KeyFaults("view_converter",
                        fmt::format("the rows of X have {} numbers, which are no images of {}",
                                    X->shape()[1], to_text(image()).view()));
    }
    if (X_labels && !X->whole())
      throw KeyFaults("X_labels", "X_labels is given, but X is not of whole numbers");
    if (!y) {
      if (y_labels) throw ValueError("y_labels is given, but no y");
      return;
    }
    const std::vector<std::int64_t> shape = y->shape();
    if (shape.empty() || shape.size() > 2)
      throw ShapeError(fmt::format("y has {} dimensions; it needs 1 or 2", shape.size()));
    const std::int64_t examples = X ? X->shape()[0] : image_sizes(topo_view->shape(), axes.text)[0];
    if (shape[0] != examples)
      throw ShapeError(
          fmt::format("{} examples in {}, but {} in y", examples, X ? "X" : "topo_view", shape[0]));
    if (y_labels && !y->whole())
      throw ValueError("y_labels is given, but y is not of whole numbers");
  }

  SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") {
      const std::vector<std::int64_t> s = features().shape();
      if (view_converter) return image();
      if (X_labels) return index_space(*X_labels, static_cast<int>(s[1]));
      if (X) return vector_space(static_cast<int>(s[1]));
      const ImageSizes sizes = image_sizes(s, axes.text);
      const auto size = [&](std::size_t axis) { return static_cast<int>(sizes[axis]); };
      return conv2d_space(size(1), size(2), size(3));
    }
    if (source == "targets" && y) {
      const std::vector<std::int64_t> s = y->shape();
      const int count = s.size() > 1 ? static_cast<int>(s[1]) : 1;
      return y_labels ? index_space(*y_labels, count) : vector_space(count);
    }
    return {};
  }
  std::shared_ptr<const Table> load() const override {
    std::vector<Column> columns;
    NumpyValues x = features().values();
    if (X_labels) {
      columns.push_back(labels("features", x, *X_labels));
    } else if (X && !view_converter) {
      columns.push_back(number_column("features", std::move(x.values), dims({x.shape[1]})));
    } else {
      std::string_view order = axes.text;
      if (view_converter) {
        const SpaceInfo space = image();
        x.shape = {x.shape[0], space.channels(), space.rows(), space.columns()};
        order = "bc01";
      }
      const ImageSizes sizes = image_sizes(x.shape, order);
      columns.push_back(image_column("features", as_b01c(std::move(x.values), sizes, order),
                                     sizes[1], sizes[2], sizes[3]));
    }
    if (y) {
      NumpyValues t = y->values();
      const std::int64_t count = t.shape.size() > 1 ? t.shape[1] : 1;
      if (y_labels)
        columns.push_back(labels("targets", t, *y_labels));
      else
        columns.push_back(number_column("targets", std::move(t.values), dims({count})));
    }
    return std::make_shared<const Table>(Table(std::move(columns)));
  }

 private:
  const ArrayObject& features() const { return X ? *X : *topo_view; }
  SpaceInfo image() const {
    const std::vector<int> shape = view_converter->image_shape();
    return conv2d_space(shape[0], shape[1], shape[2]);
  }
  static Column labels(const char* source, const NumpyValues& of, int below) {
    const std::int64_t count = of.shape.size() > 1 ? of.shape[1] : 1;
    return label_column(source, {of.values.begin(), of.values.end()}, below,
                        count > 1 ? dims({count}) : Dims{});
  }
  static Dims dims(std::initializer_list<std::int64_t> sizes) {
    Dims d;
    for (const std::int64_t n : sizes) d.push_back(n);
    return d;
  }
};

/// Arrays of any number and names, in the memory of a job or in a .npz file.
class VectorSpacesDataset : public Dataset, public Preprocessing {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.vector_spaces_dataset.VectorSpacesDataset";
  static constexpr const char* doc = "arrays of any number and names";
  ir::List<Shared<ArrayObject>> data;
  String path;
  DataSpecs data_specs;
  Seed rng;

  const Preprocessing* preprocessing() const override { return this; }
  template <class K>
  static constexpr void keys(K& key) {
    using Self = VectorSpacesDataset;
    key.required("data_specs", &Self::data_specs, "the Space of an example, and its sources");
    key("data", &Self::data, "an array for each source");
    key("path", &Self::path, "instead of data: a .npz file of arrays called as the sources")
        .is_path();
    key("rng", &Self::rng, "accepted and ignored: the algorithm has the generator");
    preprocessing_keys(key);
  }
  void check() const {
    if (data.empty() == path.empty())
      throw ValueError("exactly one of data and path must be given");
    const ir::List<DataSpecs> parts = flatten(data_specs.space, data_specs.source);
    if (!data.empty() && data.size() != parts.size())
      throw ValueError(fmt::format("{} arrays for the {} sources {}", data.size(), parts.size(),
                                   to_text(data_specs.source).view()));
    const std::vector<Column> kinds = columns();
    for (int i = 0; i < data.size(); ++i) {
      const std::vector<std::int64_t> shape = data[i]->shape();
      const Column& column = kinds[static_cast<std::size_t>(i)];
      std::int64_t width = shape.empty() ? 0 : 1;
      for (std::size_t axis = 1; axis < shape.size(); ++axis) width *= shape[axis];
      if (width != column.width())
        throw ShapeError(
            fmt::format("the array of the source '{}' has dimensions [{}], which are "
                        "no examples of {}",
                        column.source, fmt::join(shape, ", "), to_text(space_of(column)).view()));
    }
  }

  SpaceInfo source_space(std::string_view source) const override {
    const SpaceInfo* const found = find(data_specs.space, data_specs.source, source);
    return found ? *found : SpaceInfo();
  }
  std::shared_ptr<const Table> load() const override {
    std::vector<Column> kinds = columns();
    if (!path.empty()) return std::make_shared<const Table>(npz_table(path.c_str(), kinds));
    for (int i = 0; i < data.size(); ++i) {
      Column& column = kinds[static_cast<std::size_t>(i)];
      std::vector<double> values = data[i]->values().values;
      const bool image = column.conv;
      if (column.labels)
        column = label_column(column.source, {values.begin(), values.end()}, column.labels,
                              column.example);
      else
        column = number_column(column.source, std::move(values), column.example);
      column.conv = image;
    }
    return std::make_shared<const Table>(Table(std::move(kinds)));
  }
  std::string missing_file() const override {
    std::error_code error;
    return path.empty() || std::filesystem::exists(path.c_str(), error) ? "" : path.c_str();
  }
  void files(std::vector<std::string>& list) const override {
    if (!path.empty()) list.emplace_back(path.view());
  }

 private:
  // Without a list of them all: it is asked for each of thousands.
  static const SpaceInfo* find(const SpaceInfo& space, const Sources& in, std::string_view source) {
    if (!in.several()) return in.name == source ? &space : nullptr;
    for (int i = 0; i < std::min(in.parts.size(), space.components.size()); ++i)
      if (const SpaceInfo* const found = find(space.components[i], in.parts[i], source))
        return found;
    return nullptr;
  }
  std::vector<Column> columns() const {
    std::vector<Column> list;
    for (const DataSpecs& each : flatten(data_specs.space, data_specs.source))
      list.push_back(column_of(std::string(each.source.name.view()), each.space));
    return list;
  }
};

/// Pylearn2's base class, which one of its test jobs names.
class NoDataset : public Dataset {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.dataset.Dataset";
  static constexpr const char* doc = "the base of data sets, without data";
  template <class K>
  static constexpr void keys(K&) {}
  std::shared_ptr<const Table> load() const override {
    throw ValueError(
        "pylearn2.datasets.dataset.Dataset is the base of all data sets and has no "
        "data; name one of those `ansatz list` shows");
  }
};

}  // namespace ansatz::named
