// A data set in memory: columns of numbers, images and labels, one example a row.
#pragma once

#include <ansatz/data/iteration/subset_iterator.hpp>
#include <dsl/array.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ansatz {

/// Where the examples of a column were read.
struct Origin {
  std::string file;                 ///< and what of it: "a.npz, array 'x'"
  std::vector<std::int64_t> lines;  ///< of a text file: that of each example, from 1; else empty
};

/// What a data set knows of its examples under one name: "features", "targets", … Row-major
/// memory that tables share.
struct Column {
  std::string source;
  std::int64_t examples = 0;
  Dims example;  ///< dimensions of one example; rank 0 for a single number or label
  ElementType type = ElementType::float32;  ///< float32 or float64; int32 for labels
  int labels = 0;                           ///< 0: real numbers; else labels, 0 to labels - 1
  bool conv = false;                        ///< an image: example is {rows, columns, channels}
  const void* data = nullptr;
  std::shared_ptr<const void> owner;     ///< keeps `data` alive
  std::shared_ptr<const Origin> origin;  ///< null: not from a file
  std::int64_t first = 0;                ///< which example of the origin is the first

  /// "train.csv:12", or "example 11 of a.npy", or "example 11": an example as messages name it.
  std::string place_of(std::int64_t row) const;

  /// Elements of an example.
  std::int64_t width() const { return example.count(); }
};

// Columns from numbers in row-major order, as many examples as they make. ValueError when their
// number is not a multiple of an example's, or a dimension is not positive.

Column number_column(std::string source, std::vector<float> values, const Dims& example);
Column number_column(std::string source, std::vector<double> values, const Dims& example);
/// Images [examples, rows, columns, channels]: Pylearn2's axes b01c. Read as vectors they have the
/// channels of a pixel side by side, where Pylearn2's vectors have one channel after the other.
Column image_column(std::string source, std::vector<float> values, std::int64_t rows,
                    std::int64_t columns, std::int64_t channels);
Column image_column(std::string source, std::vector<double> values, std::int64_t rows,
                    std::int64_t columns, std::int64_t channels);
/// Labels 0 to labels - 1; `example` is {k} where an example has several of them.
Column label_column(std::string source, std::vector<std::int32_t> values, int labels,
                    const Dims& example = {});

/// A loaded data set. It never changes; copies and parts of it share its memory.
class Table {
 public:
  Table() = default;
  /// NameError for an empty source and for two columns of one. ValueError, with source and
  /// example, for columns of different lengths, labels out of range, and numbers that are not
  /// finite.
  explicit Table(std::vector<Column> columns);

  std::int64_t examples() const { return examples_; }
  const std::vector<Column>& columns() const { return columns_; }
  /// The column, or null when there is none.
  const Column* find(std::string_view source) const;
  /// NameError, with the sources there are, when there is none.
  const Column& column(std::string_view source) const;

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
