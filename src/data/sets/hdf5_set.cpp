#include <ansatz/base/key_faults.hpp>
#include <ansatz/data/dense_design_matrix.hpp>
#include <ansatz/data/sets/hdf5_set.hpp>
#include <ansatz/data/source_dataset.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/files/hdf5.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

namespace ansatz {

namespace {

struct Array {
  std::shared_ptr<const Hdf5Array> file;
  Column column;
};

// What an array is where no Space says it: numbers or labels [examples, …], or images.
Column described(const HDF5Dataset& set, const Hdf5Array& array, const std::string& name,
                 std::string source, bool image, int labels) {
  const std::vector<std::int64_t>& shape = array.shape();
  const std::size_t wanted = image ? 4 : 2;
  if (shape.size() != wanted && !(labels && shape.size() == 1))
    throw FileError(fmt::format(
        "{}: its array '{}' has dimensions {}, where {} are expected", set.filename.view(), name,
        shape, image ? "[examples, rows, columns, channels]" : "[examples, numbers]"));
  const ElementType type = array.fits_float() ? ElementType::float32 : ElementType::float64;
  if (image) return image_column(std::move(source), shape[1], shape[2], shape[3], type);
  Dims example;
  if (shape.size() > 1 && !(labels && shape[1] == 1)) example.push_back(shape[1]);
  if (labels) return label_column(std::move(source), labels, example);
  return number_column(std::move(source), example, type);
}

std::vector<Array> arrays_of(const HDF5Dataset& set) {
  std::vector<Array> list;
  const std::string path(set.filename.view());
  const auto add = [&](std::string_view name, auto column_of_array) {
    Array a;
    a.file = std::make_shared<const Hdf5Array>(path, std::string(name));
    const std::vector<std::int64_t>& shape = a.file->shape();
    std::int64_t width = 1;
    bool counted = true;
    for (std::size_t d = 1; d < shape.size(); ++d)
      counted = !__builtin_mul_overflow(width, shape[d], &width) && counted;
    if (!counted || width < 1)
      throw FileError(
          fmt::format("{}: its array '{}' has dimensions {}, of which an example has "
                      "{} numbers",
                      path, name, shape, counted ? "no" : "too many"));
    a.column = column_of_array(*a.file);
    if (a.column.labels && !a.file->whole())
      throw FileError(
          fmt::format("{}: its array '{}' holds floats, where labels are integers", path, name));
    if (width != a.column.width())
      throw FileError(
          fmt::format("{}: its array '{}' has dimensions {}, which are no examples of "
                      "{}",
                      path, name, shape, to_text(space_of(a.column)).view()));
    a.column.origin =
        std::make_shared<const Origin>(Origin{fmt::format("{}, array '{}'", path, name), {}});
    if (!list.empty() && shape[0] != list[0].file->shape()[0])
      throw FileError(fmt::format("{}: its arrays have {} and {} examples", path,
                                  list[0].file->shape()[0], shape[0]));
    list.push_back(std::move(a));
  };
  for (int i = 0; i < set.sources.size(); ++i)
    add(set.sources[i].view(), [&](const Hdf5Array& array) {
      const std::string name((i < set.aliases.size() ? set.aliases[i] : set.sources[i]).view());
      return column_of(name, set.spaces[i],
                       array.fits_float() ? ElementType::float32 : ElementType::float64);
    });
  const auto old_form = [&](const String& name, const char* source, bool image, int labels) {
    if (name.empty()) return;
    add(name.view(), [&](const Hdf5Array& array) {
      return described(set, array, std::string(name.view()), source, image, labels);
    });
  };
  old_form(set.X, "features", false, 0);
  old_form(set.topo_view, "features", true, 0);
  old_form(set.y, "targets", false, set.y_labels.value_or(0));
  return list;
}

}  // namespace

void HDF5Dataset::check() const {
  const bool old = !X.empty() || !topo_view.empty();
  if (sources.empty() != old)
    throw ValueError("HDF5Dataset: exactly one of sources, X and topo_view must be given");
  if (!X.empty() && !topo_view.empty())
    throw ValueError("HDF5Dataset: exactly one of sources, X and topo_view must be given");
  if (!y.empty() && !old) throw KeyFaults("y", "HDF5Dataset: y goes with X or topo_view");
  if (y_labels && y.empty())
    throw KeyFaults("y_labels", "HDF5Dataset: y_labels is given, but no y");
  if (spaces.size() != sources.size())
    throw KeyFaults("spaces", fmt::format("HDF5Dataset: {} spaces for {} sources", spaces.size(),
                                          sources.size()));
  if (!aliases.empty() && aliases.size() != sources.size())
    throw KeyFaults("aliases", fmt::format("HDF5Dataset: {} aliases for {} sources", aliases.size(),
                                           sources.size()));
}

std::shared_ptr<const BatchSource> HDF5Dataset::open() const {
  check();
  const auto arrays = std::make_shared<const std::vector<Array>>(arrays_of(*this));
  Pages pages;
  for (const Array& each : *arrays) pages.columns.push_back(each.column);
  pages.examples = arrays->at(0).file->shape()[0];
  pages.begin = [arrays]() -> RowsAt {
    return [arrays](const Subset& wanted, std::span<void* const> out) {
      for (std::size_t k = 0; k < arrays->size(); ++k) {
        const Column& column = (*arrays)[k].column;
        const std::int64_t bytes = column.width() * element_size(column.type);
        auto* to = static_cast<unsigned char*>(out[k]);
        each_run(wanted, [&](std::int64_t first, std::int64_t count) {
          (*arrays)[k].file->read(first, count, column.type, to);
          to += count * bytes;
        });
      }
    };
  };
  std::error_code error;
  pages.facts =
      fmt::format("an HDF5 file of {} bytes", std::filesystem::file_size(filename.c_str(), error));
  const auto source = paged(std::move(pages));
  if (!load_all) return source;
  return std::make_shared<const Table>(in_memory(source));
}

std::shared_ptr<const Table> HDF5Dataset::load() const {
  return std::make_shared<const Table>(in_memory(open()));
}
std::string HDF5Dataset::missing_file() const {
  std::error_code error;
  return std::filesystem::exists(filename.c_str(), error) ? "" : std::string(filename.view());
}
void HDF5Dataset::files(std::vector<std::string>& list) const {
  list.emplace_back(filename.view());
}

}  // namespace ansatz
