#include <ansatz/data/image_axes.hpp>
#include <ansatz/data/source_dataset.hpp>
#include <ansatz/data/table.hpp>
#include <ansatz/data/views.hpp>
#include <dsl/exceptions.hpp>

#include <dsl/in_quotes.hpp>

#include <fmt/format.h>

namespace ansatz {

namespace {

class Viewed final : public BatchSource {
 public:
  Viewed(std::shared_ptr<const BatchSource> data, const std::string& source, const SpaceInfo& space)
      : data_(std::move(data)), columns_(data_->columns()) {
    place_ = static_cast<std::size_t>(&data_->column(source) - data_->columns().data());
    Column& column = columns_[place_];
    const Column seen = column_of(source, space, column.type);
    if (column.labels || seen.labels || seen.width() != column.width())
      throw ValueError(fmt::format("the source {} is {}, which cannot be seen as {}",
                                   in_quotes(source), to_text(space_of(column)).view(),
                                   to_text(space).view()));
    column.example = seen.example;
    column.conv = seen.conv;
  }
  const std::vector<Column>& columns() const override { return columns_; }
  std::int64_t examples() const override { return data_->examples(); }
  bool random_access() const override { return data_->random_access(); }
  int ahead() const override { return data_->ahead(); }
  std::string facts() const override { return data_->facts(); }
  std::unique_ptr<RowCursor> open() const override { return std::make_unique<Cursor>(*this); }

 private:
  class Cursor final : public RowCursor {
   public:
    explicit Cursor(const Viewed& of) : of_(of), cursor_(of.data_->open()) {}
    void begin_epoch(std::int64_t epoch) override { cursor_->begin_epoch(epoch); }
    RowsView read(const Subset& wanted) override {
      const RowsView rows = cursor_->read(wanted);
      columns_.assign(rows.columns.begin(), rows.columns.end());
      columns_[of_.place_].example = of_.columns_[of_.place_].example;
      columns_[of_.place_].conv = of_.columns_[of_.place_].conv;
      return {columns_, rows.subset};
    }

   private:
    const Viewed& of_;
    std::unique_ptr<RowCursor> cursor_;
    std::vector<Column> columns_;
  };

  std::shared_ptr<const BatchSource> data_;
  std::vector<Column> columns_;
  std::size_t place_ = 0;
};

}  // namespace

ViewedArray design_matrix(const BatchSource& data, const Subset& which, std::string_view source) {
  const Column& column = data.column(source);
  const auto place = static_cast<std::size_t>(&column - data.columns().data());
  const std::unique_ptr<RowCursor> cursor = data.open();
  const RowsView rows = cursor->read(which);
  ViewedArray out;
  out.shape = {rows.size(), column.width()};
  out.values.resize(static_cast<std::size_t>(rows.size() * column.width()));
  Table::gather(rows.columns[place], rows.subset, ElementType::float64, out.values.data());
  return out;
}

ViewedArray topological_view(const BatchSource& data, const Subset& which, std::string_view axes,
                             std::string_view source) {
  const Column& column = data.column(source);
  if (!column.conv)
    throw ValueError(fmt::format("the source {} is {}, not of images", in_quotes(source),
                                 to_text(space_of(column)).view()));
  ViewedArray out = design_matrix(data, which, source);
  const ImageSizes sizes = {out.shape[0], column.example[0], column.example[1], column.example[2]};
  out.values = from_b01c(std::move(out.values), sizes, axes);
  out.shape = image_shape(sizes, axes);
  return out;
}

std::shared_ptr<const BatchSource> viewed_as(std::shared_ptr<const BatchSource> data,
                                             const std::string& source, const SpaceInfo& space) {
  return std::make_shared<const Viewed>(std::move(data), source, space);
}

}  // namespace ansatz
