// BatchSource: where examples come from, in memory or not.
#pragma once

#include <ansatz/data/column.hpp>
#include <ansatz/data/iteration/subset_iterator.hpp>

#include <span>

namespace ansatz {

/// Some examples as they lie in memory: those of `subset` in each column.
struct RowsView {
  std::span<const Column> columns;  ///< in the order of the source's columns
  Subset subset;

  std::int64_t size() const { return subset.size; }
};

/// Reads a source, from any example on. A source may be read by several at once.
class RowCursor {
 public:
  virtual ~RowCursor() = default;
  /// The examples asked for, valid until the next call; fewer only where a source whose number of
  /// examples was not known, ends. Without random access these are slices: one behind the place
  /// that was reached passes over what is between, one before it begins anew. Throws ValueError,
  /// with the place, for numbers that are not finite and labels out of range; and what reading
  /// throws.
  virtual RowsView read(const Subset& wanted) = 0;
  /// Which epoch of the training the examples are read for from now on: of interest where these are
  /// drawn anew in each. A cursor begins with 0.
  virtual void begin_epoch(std::int64_t /*epoch*/) {}
};

/// Examples with named sources, each of a Space and an element type: a table in memory, a file that
/// is mapped or read piece by piece, a stream, or rows made on the fly (see sources.hpp). It never
/// changes; what reads it is a cursor.
class BatchSource {
 public:
  static constexpr std::int64_t unknown = -1;  ///< the number of examples shows at their end
  static constexpr std::int64_t endless = std::int64_t{1} << 62;

  virtual ~BatchSource() = default;

  /// What is known of each source before anything is read.
  virtual const std::vector<Column>& columns() const = 0;
  /// How many examples there are; `unknown` or `endless`.
  virtual std::int64_t examples() const = 0;
  /// Whether examples can be had in any order at about the cost of their own order.
  virtual bool random_access() const = 0;
  /// A cursor, which this must outlive.
  virtual std::unique_ptr<RowCursor> open() const = 0;
  /// So many batches are worth being prepared by a thread while others are used; 0: none, as of a
  /// table, whose rows lie ready.
  virtual int ahead() const { return 0; }
  /// What tells whether a run goes on with the same data, as far as that can be known without
  /// reading all of them: the name and the size of a file.
  virtual std::string facts() const { return ""; }

  /// The column, or null when there is none.
  const Column* find(std::string_view source) const;
  /// NameError, with the sources there are, when there is none.
  const Column& column(std::string_view source) const;
};

/// Whether the examples of a source can be had in this order. ValueError, with the modes that are
/// allowed, for one that needs random access or an end where there is none, and for batches whose
/// size would follow from a number of examples that is not known.
void check_iteration(const BatchSource& source, std::string_view mode, std::int64_t batch_size,
                     std::int64_t num_batches);

}  // namespace ansatz
