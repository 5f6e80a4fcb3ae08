// What a data set knows of its examples under one name.
#pragma once

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
/// memory that tables share. Of a source that is not in memory, `data` is null, and `examples` may
/// be one of BatchSource's `unknown` and `endless`.
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

}  // namespace ansatz
