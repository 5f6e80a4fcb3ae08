// Sources of examples that are not tables in memory.
#pragma once

#include <ansatz/data/table.hpp>

#include <functional>

namespace ansatz {

/// What a column of a source that is not in memory has: as number_column, image_column and
/// label_column, without the numbers.
Column number_column(std::string source, const Dims& example,
                     ElementType type = ElementType::float32);
Column image_column(std::string source, std::int64_t rows, std::int64_t columns,
                    std::int64_t channels, ElementType type = ElementType::float32);
Column label_column(std::string source, int labels, const Dims& example = {});

/// The array of a .npy file, of which only what is read is in memory. Numbers [examples, width] or
/// images [examples, rows, columns, channels] of float32 or float64; with `labels` > 0, int32
/// labels [examples] or [examples, count]. In C order and the machine's byte order, as numpy.save
/// writes them; FileError for others. Has random access. The file must not change while it is read.
std::shared_ptr<const BatchSource> mapped_npy(const std::string& path,
                                              std::string source = "features", int labels = 0);

/// Puts at most `most` of the next examples into buffers, one a column, row-major and of its
/// element type, and returns how many; 0 only at the end.
using NextRows = std::function<std::int64_t(std::int64_t most, std::span<void* const> out)>;

/// A source that is read in its own order.
struct Stream {
  std::vector<Column> columns = {};  ///< of what there is of each example; `data` is not used
  /// Begins: called for each who reads, and again for each epoch of a stream that has an end.
  std::function<NextRows()> begin = {};
  std::int64_t examples = BatchSource::unknown;  ///< or their number, or BatchSource::endless
  int ahead = 2;                                 ///< batches that a thread prepares; 0: none
  std::string facts = {};                        ///< see BatchSource::facts
};
/// NameError and ValueError as for a Table. While it is read, its values are checked as those of a
/// Table; messages count examples from 0.
std::shared_ptr<const BatchSource> stream(Stream description);

/// Puts the examples asked for into buffers, one a column, row-major and of its element type.
using RowsAt = std::function<void(const Subset& wanted, std::span<void* const> out)>;

/// Calls `use(first, count)` for the examples of a subset that follow each other.
template <class Use>
void each_run(const Subset& wanted, Use use) {
  for (std::int64_t i = 0, n = 1; i < wanted.size; i += n) {
    for (n = 1; i + n < wanted.size && wanted[i + n] == wanted[i] + n;) ++n;
    use(wanted[i], n);
  }
}

/// A source whose examples can be read in any order, each time anew.
struct Pages {
  std::vector<Column> columns = {};  ///< of what there is of each example; `data` is not used
  std::int64_t examples = 0;
  /// Begins: called for each who reads.
  std::function<RowsAt()> begin = {};
  int ahead = 2;           ///< batches that a thread prepares; 0: none
  std::string facts = {};  ///< see BatchSource::facts
};
/// NameError and ValueError as for a Table; while it is read, its values are checked as those of a
/// Table.
std::shared_ptr<const BatchSource> paged(Pages description);

/// The examples of a source again and again.
std::shared_ptr<const BatchSource> repeated(std::shared_ptr<const BatchSource> source);

/// Makes rows from rows: `in` has an array [examples, …] of each column of the source, `out` room
/// for as many examples of each column of the result, row-major. Called from one thread at a time
/// for each who reads.
using RowsFunction = std::function<void(std::span<const ArrayView> in, std::span<void* const> out)>;
/// A source whose rows are made from those of another while they are read, one from one; it has
/// random access where the other has.
/// @param ahead  batches that a thread prepares; 0: none
std::shared_ptr<const BatchSource> transformed(std::shared_ptr<const BatchSource> source,
                                               std::vector<Column> columns, RowsFunction function,
                                               int ahead = 2);

/// The sources of several, side by side: example i has what each of them has of example i.
/// NameError for a name that two have; ValueError where their numbers of examples are known and
/// differ.
std::shared_ptr<const BatchSource> side_by_side(
    std::vector<std::shared_ptr<const BatchSource>> sources);

/// Examples start .. stop - 1 of a source whose number of examples is known, as a source of their
/// own. ValueError where they are not a range of them.
std::shared_ptr<const BatchSource> part_of(std::shared_ptr<const BatchSource> source,
                                           std::int64_t start, std::int64_t stop);

/// The same source, of which a thread prepares batches while others are used.
std::shared_ptr<const BatchSource> prefetched(std::shared_ptr<const BatchSource> source,
                                              int batches = 2);

/// All examples of a source as a table. ValueError for one without an end.
Table in_memory(const std::shared_ptr<const BatchSource>& source);

}  // namespace ansatz
