#include <ansatz/data/preprocess/row_preprocessor.hpp>

#include <ansatz/data/sources.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace ansatz {

namespace {

constexpr const char* preprocessed = "features";
constexpr std::int64_t rows_at_once = 1024;

// Preprocessors compute in double: what is fitted are sums over all examples.
std::vector<double> widened(const ArrayView& from) {
  std::vector<double> to(static_cast<std::size_t>(from.dims.count()));
  if (from.type == ElementType::float64)
    std::copy_n(static_cast<const double*>(from.data), to.size(), to.begin());
  else
    std::copy_n(static_cast<const float*>(from.data), to.size(), to.begin());
  return to;
}

void narrow(const std::vector<double>& from, ElementType type, void* to) {
  if (type == ElementType::float64)
    std::copy(from.begin(), from.end(), static_cast<double*>(to));
  else
    std::transform(from.begin(), from.end(), static_cast<float*>(to),
                   [](double x) { return static_cast<float>(x); });
}

}  // namespace

std::int64_t RowPreprocessor::features(const BatchSource& data) const {
  const Column& column = data.column(preprocessed);
  if (column.labels)
    throw ValueError(
        fmt::format("{}: the source \"{}\" is of labels, not of numbers", name_, preprocessed));
  return column.width();
}

void RowPreprocessor::shape(Column& column) const {
  const std::int64_t after = width(column.width());
  if (after == column.width()) return;
  column.example = Dims{after};
  column.conv = false;
}

void RowPreprocessor::require_width(std::int64_t features, std::int64_t fitted) const {
  if (features != fitted)
    throw ShapeError(
        fmt::format("{}: examples have {} numbers, but those that it was fitted on have {}", name_,
                    features, fitted));
}

std::int64_t RowPreprocessor::for_each_row(
    const std::shared_ptr<const BatchSource>& data,
    const std::function<void(const double*, std::int64_t)>& use) const {
  if (data->examples() == BatchSource::endless)
    throw ValueError(fmt::format("{}: it cannot be fitted on data without an end", name_));
  const std::int64_t numbers = features(*data);
  const auto place = static_cast<std::size_t>(&data->column(preprocessed) - data->columns().data());
  std::vector<double> buffer;
  const std::int64_t examples = for_each_batch(data, rows_at_once, [&](const RowsView& rows) {
    buffer.resize(static_cast<std::size_t>(rows.size() * numbers));
    Table::gather(rows.columns[place], rows.subset, ElementType::float64, buffer.data());
    use(buffer.data(), rows.size());
  });
  if (examples == 0) throw ValueError(fmt::format("{}: it cannot be fitted on no examples", name_));
  return examples;
}

std::shared_ptr<const BatchSource> RowPreprocessor::apply(
    std::shared_ptr<const BatchSource> data) const {
  const std::int64_t before = features(*data);
  const auto place = static_cast<std::size_t>(&data->column(preprocessed) - data->columns().data());
  std::vector<Column> columns = data->columns();
  shape(columns[place]);
  const std::int64_t after = columns[place].width();
  for (Column& column : columns) column.owner = nullptr;
  const auto self = std::static_pointer_cast<const RowPreprocessor>(shared_from_this());
  const auto make = [self, place, before, after, type = columns[place].type](
                        std::span<const ArrayView> in, std::span<void* const> out) {
    for (std::size_t i = 0; i < in.size(); ++i)
      if (i != place)
        std::memcpy(out[i], in[i].data,
                    static_cast<std::size_t>(in[i].dims.count() * element_size(in[i].type)));
    const std::int64_t count = in[place].dims[0];
    const std::vector<double> wide = widened(in[place]);
    std::vector<double> made(static_cast<std::size_t>(count * after));
    self->rows(wide.data(), made.data(), count, before);
    narrow(made, type, out[place]);
  };
  // A table is made new at once; of what is streamed each batch is, by a thread of its own beside
  // the training.
  const bool in_table = dynamic_cast<const Table*>(data.get()) != nullptr;
  const int ahead = in_table ? 0 : std::max(data->ahead(), 2);
  auto result = transformed(std::move(data), std::move(columns), make, ahead);
  if (in_table) return std::make_shared<const Table>(in_memory(result));
  return result;
}

}  // namespace ansatz
