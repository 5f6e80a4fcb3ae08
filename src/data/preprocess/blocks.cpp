#include <ansatz/data/preprocess/blocks.hpp>

#include <ansatz/base/key_faults.hpp>
#include <ansatz/data/preprocess/image_maps.hpp>
#include <ansatz/data/preprocess/row_maps.hpp>
#include <ansatz/data/preprocess/row_preprocessor.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ansatz {

namespace {

class AddScaleRun final : public RowPreprocessor {
 public:
  explicit AddScaleRun(const ExamplewiseAddScaleTransform& how)
      : RowPreprocessor("ExamplewiseAddScaleTransform"),
        add_(how.add.begin(), how.add.end()),
        multiply_(how.multiply.begin(), how.multiply.end()),
        multiply_first_(how.multiply_first) {
    if (add_.empty()) add_.push_back(0);
    if (multiply_.empty()) multiply_.push_back(1);
  }
  /// ValueError where a feature was made 0.
  std::shared_ptr<PreprocessorRun> inverse() const override {
    ExamplewiseAddScaleTransform back;
    for (const double a : add_) back.add.push_back(-a);
    for (const double m : multiply_) {
      if (std::abs(m) < 1e-14)
        throw ValueError(
            fmt::format("ExamplewiseAddScaleTransform: multiply has {}, which nothing undoes", m));
      back.multiply.push_back(1 / m);
    }
    back.multiply_first = !multiply_first_;
    return back.start_block();
  }

 protected:
  std::int64_t width(std::int64_t numbers) const override {
    for (const auto* each : {&add_, &multiply_})
      if (each->size() > 1 && std::ssize(*each) != numbers)
        throw ShapeError(
            fmt::format("ExamplewiseAddScaleTransform: {} has {} numbers, but examples have {}",
                        each == &add_ ? "add" : "multiply", each->size(), numbers));
    return numbers;
  }
  void rows(const double* in, double* out, std::int64_t count, std::int64_t n) const override {
    const std::size_t next_add = add_.size() > 1, next_factor = multiply_.size() > 1;
    for (std::int64_t i = 0; i < count; ++i)
      for (std::size_t k = 0; k < static_cast<std::size_t>(n); ++k) {
        const double a = add_[k * next_add], m = multiply_[k * next_factor], x = *in++;
        *out++ = multiply_first_ ? x * m + a : (x + a) * m;
      }
  }

 private:
  std::vector<double> add_, multiply_;
  bool multiply_first_;
};

// Features taken from others.
class MovedFeatures final : public RowPreprocessor {
 public:
  MovedFeatures(const char* name, std::vector<std::int64_t> from, std::int64_t taken)
      : RowPreprocessor(name), from_(std::move(from)), taken_(taken) {}
  /// What was left out is 0.
  std::shared_ptr<PreprocessorRun> inverse() const override {
    std::vector<std::int64_t> back(static_cast<std::size_t>(taken_), -1);
    for (std::size_t i = 0; i < from_.size(); ++i)
      if (from_[i] >= 0) back[static_cast<std::size_t>(from_[i])] = static_cast<std::int64_t>(i);
    return std::make_shared<MovedFeatures>("the inverse of a block", std::move(back),
                                           std::ssize(from_));
  }

 protected:
  std::int64_t width(std::int64_t numbers) const override {
    require_width(numbers, taken_);
    return std::ssize(from_);
  }
  void shape(Column& column) const override {
    column.example = Dims{width(column.width())};
    column.conv = false;
  }
  void rows(const double* in, double* out, std::int64_t count, std::int64_t n) const override {
    for (std::int64_t i = 0; i < count; ++i, in += n)
      for (const std::int64_t k : from_) *out++ = k < 0 ? 0 : in[k];
  }

 private:
  std::vector<std::int64_t> from_;  // of each feature that it makes; -1: none
  std::int64_t taken_;
};

void require_columns(const ir::List<int>& columns, int total) {
  if (columns.empty()) throw KeyFaults("columns", "columns names no feature");
  for (int i = 0; i < columns.size(); ++i)
    if (columns[i] >= total)
      throw KeyFaults("columns", fmt::format("columns has {}, where total says that there are 0 to "
                                             "{}",
                                             columns[i], total - 1));
}

}  // namespace

void StackedBlocks::check() const {
  if (layers.empty()) throw KeyFaults("layers", "layers is empty; at least one block is needed");
}
std::shared_ptr<PreprocessorRun> StackedBlocks::start_block() const {
  check();
  Pipeline line;
  for (const Shared<Block>& each : layers)
    line.items.push_back(Shared<Preprocessor>(BlockPreprocessor(each)));
  return line.start();
}

std::shared_ptr<PreprocessorRun> ExamplewiseUnitNormBlock::start_block() const {
  return MakeUnitNorm().start();
}
std::shared_ptr<PreprocessorRun> ExamplewiseAddScaleTransform::start_block() const {
  return std::make_shared<AddScaleRun>(*this);
}

void ColumnSubsetBlock::check() const { require_columns(columns, total); }
std::shared_ptr<PreprocessorRun> ColumnSubsetBlock::start_block() const {
  check();
  return std::make_shared<MovedFeatures>(
      "ColumnSubsetBlock", std::vector<std::int64_t>(columns.begin(), columns.end()), total);
}

void ZeroColumnInsertBlock::check() const {
  require_columns(columns, total);
  ir::List<int> seen;
  for (const int column : columns) {
    if (std::find(seen.begin(), seen.end(), column) != seen.end())
      throw KeyFaults("columns", fmt::format("columns has {} twice", column));
    seen.push_back(column);
  }
}
std::shared_ptr<PreprocessorRun> ZeroColumnInsertBlock::start_block() const {
  check();
  std::vector<std::int64_t> from(static_cast<std::size_t>(total), -1);
  for (int i = 0; i < columns.size(); ++i) from[static_cast<std::size_t>(columns[i])] = i;
  return std::make_shared<MovedFeatures>("ZeroColumnInsertBlock", std::move(from), columns.size());
}

}  // namespace ansatz
