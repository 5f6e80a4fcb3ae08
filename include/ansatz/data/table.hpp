// A data set in memory: columns of numbers, images and labels, one example a row.
#pragma once

#include <ansatz/data/source.hpp>

#include <span>

namespace ansatz {

/// A loaded data set. It never changes; copies and parts of it share its memory.
class Table : public BatchSource {
 public:
  Table() = default;
  /// NameError for an empty source and for two columns of one. ValueError, with source and
  /// example, for columns of different lengths, labels out of range, and numbers that are not
  /// finite.
  explicit Table(std::vector<Column> columns);

  std::int64_t examples() const override { return examples_; }
  const std::vector<Column>& columns() const override { return columns_; }
  bool random_access() const override { return true; }
  std::unique_ptr<RowCursor> open() const override;

  /// Where the rows of a slice lie already as `wanted`, so that nothing has to be copied; else
  /// null. ValueError for examples that the column does not have.
  static const void* direct(const Column& column, const Subset& subset, ElementType wanted);
  /// Copies rows into `out` [subset.size, width]: numbers as float32 or float64, labels as int32 or
  /// as numbers. No memory is allocated. ValueError for another type (numbers are no labels), for
  /// numbers too large for float32, and for examples that the column does not have.
  static void gather(const Column& column, const Subset& subset, ElementType wanted, void* out);
  /// Writes labels as float32 or float64 rows that are 1 at the label and 0 elsewhere, into `out`
  /// [subset.size, width * labels]; several labels of an example stand one after the other.
  /// ValueError for a column of numbers, and as of `gather`.
  static void gather_one_hot(const Column& column, const Subset& subset, ElementType wanted,
                             void* out);

  /// Examples start .. stop - 1. ValueError unless 0 <= start <= stop <= examples().
  Table restrict(std::int64_t start, std::int64_t stop) const;
  /// Parts that follow each other, of the sizes given. ValueError unless these are not negative and
  /// add up to examples().
  std::vector<Table> split(std::span<const std::int64_t> sizes) const;

 private:
  std::int64_t examples_ = 0;
  std::vector<Column> columns_;
};

}  // namespace ansatz
