#include <ansatz/data/sources.hpp>

#include <ansatz/data/for_each_batch.hpp>
#include <ansatz/files/npy_file.hpp>
#include <dsl/exceptions.hpp>

#include <dsl/in_quotes.hpp>
#include "check_column.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zlib.h>

#include <algorithm>
#include <numeric>

namespace ansatz {

namespace {

std::int64_t row_bytes(const Column& column) { return column.width() * element_size(column.type); }

// Memory for some examples of each column.
class RowBuffers {
 public:
  explicit RowBuffers(const std::vector<Column>& columns)
      : columns_(columns), memory_(columns.size()), pointers_(columns.size()) {}

  /// Room for so many examples of each.
  std::span<void* const> room(std::int64_t examples) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const auto bytes = static_cast<std::size_t>(examples * row_bytes(columns_[i]));
      if (memory_[i].size() < bytes) memory_[i].resize(bytes);
      pointers_[i] = memory_[i].data();
    }
    return pointers_;
  }
  /// What lies there, as the examples of the source from `first` on.
  RowsView rows(std::int64_t examples, std::int64_t first) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      columns_[i].data = memory_[i].data();
      columns_[i].examples = examples;
      columns_[i].first = first;
    }
    return {columns_, {0, examples, nullptr}};
  }
  /// Copies of rows.
  RowsView copy(const RowsView& rows, std::int64_t first) {
    room(rows.size());
    for (std::size_t i = 0; i < columns_.size(); ++i)
      Table::gather(rows.columns[i], rows.subset, columns_[i].type, pointers_[i]);
    return this->rows(rows.size(), first);
  }
  const std::vector<Column>& columns() const { return columns_; }

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<unsigned char>> memory_;
  std::vector<void*> pointers_;
};

void set_examples(std::vector<Column>& columns, std::int64_t examples) {
  for (Column& column : columns) {
    column.examples = examples;
    column.data = nullptr;
  }
  data::check_together(columns);
  for (const Column& column : columns) data::check_kind(column);
}

void require_slice(const Subset& wanted) {
  if (!wanted.slice() || wanted.start < 0)
    throw ValueError("a data set that is read in its own order is asked for examples in another");
}

// ---------------------------------------------------------------------------- streams

class StreamSource final : public BatchSource {
 public:
  explicit StreamSource(Stream description) : stream_(std::move(description)) {
    if (stream_.columns.empty()) throw ValueError("a stream without a column");
    if (!stream_.begin) throw ValueError("a stream without a function that begins it");
    if (stream_.examples < BatchSource::unknown || stream_.ahead < 0)
      throw ValueError(fmt::format("a stream of {} examples, {} batches ahead", stream_.examples,
                                   stream_.ahead));
    set_examples(stream_.columns, stream_.examples);
  }

  const std::vector<Column>& columns() const override { return stream_.columns; }
  std::int64_t examples() const override { return stream_.examples; }
  bool random_access() const override { return false; }
  int ahead() const override { return stream_.ahead; }
  std::string facts() const override { return stream_.facts; }
  std::unique_ptr<RowCursor> open() const override { return std::make_unique<Cursor>(stream_); }

 private:
  class Cursor final : public RowCursor {
   public:
    explicit Cursor(const Stream& stream) : stream_(stream), buffers_(stream.columns) {}

    RowsView read(const Subset& wanted) override {
      require_slice(wanted);
      if (!next_ || wanted.start < place_) {
        next_ = stream_.begin();
        place_ = 0;
        ended_ = false;
      }
      while (place_ < wanted.start && !ended_)
        take(std::min(wanted.start - place_, std::max(wanted.size, std::int64_t{1})));
      const std::int64_t found = place_ == wanted.start ? take(wanted.size) : 0;
      const RowsView rows = buffers_.rows(found, wanted.start);
      for (const Column& column : rows.columns) data::check_values(column);
      return rows;
    }

   private:
    // The next examples, fewer only at the end.
    std::int64_t take(std::int64_t count) {
      const std::span<void* const> room = buffers_.room(count);
      std::int64_t found = 0;
      std::vector<void*> rest(room.begin(), room.end());
      while (found < count && !ended_) {
        const std::int64_t more = next_(count - found, rest);
        if (more < 0 || more > count - found)
          throw ValueError(fmt::format("a stream gave {} examples, where at most {} were asked for",
                                       more, count - found));
        ended_ = more == 0;
        found += more;
        for (std::size_t i = 0; i < rest.size(); ++i)
          rest[i] = static_cast<unsigned char*>(room[i]) + found * row_bytes(stream_.columns[i]);
      }
      place_ += found;
      return found;
    }

    const Stream& stream_;
    RowBuffers buffers_;
    NextRows next_;
    std::int64_t place_ = 0;  // examples that were read since the beginning
    bool ended_ = false;
  };

  Stream stream_;
};

// ---------------------------------------------------------------------------- pages

class PagedSource final : public BatchSource {
 public:
  explicit PagedSource(Pages description) : pages_(std::move(description)) {
    if (pages_.columns.empty()) throw ValueError("a data set without a column");
    if (!pages_.begin) throw ValueError("a data set without a function that reads it");
    if (pages_.examples < 0 || pages_.ahead < 0)
      throw ValueError(fmt::format("a data set of {} examples, {} batches ahead", pages_.examples,
                                   pages_.ahead));
    set_examples(pages_.columns, pages_.examples);
  }

  const std::vector<Column>& columns() const override { return pages_.columns; }
  std::int64_t examples() const override { return pages_.examples; }
  bool random_access() const override { return true; }
  int ahead() const override { return pages_.ahead; }
  std::string facts() const override { return pages_.facts; }
  std::unique_ptr<RowCursor> open() const override { return std::make_unique<Cursor>(pages_); }

 private:
  class Cursor final : public RowCursor {
   public:
    explicit Cursor(const Pages& pages)
        : examples_(pages.examples), read_(pages.begin()), buffers_(pages.columns) {}

    RowsView read(const Subset& wanted) override {
      for (std::int64_t i = 0; i < wanted.size; i += wanted.slice() ? wanted.size : 1)
        if (wanted[i] < 0 || wanted[i] >= examples_ ||
            (wanted.slice() && wanted.stop() > examples_))
          throw ValueError(fmt::format("example {}, where 0 to {} are there",
                                       wanted.slice() ? wanted.stop() - 1 : wanted[i],
                                       examples_ - 1));
      read_(wanted, buffers_.room(wanted.size));
      const RowsView rows = buffers_.rows(wanted.size, wanted.slice() ? wanted.start : 0);
      for (const Column& column : rows.columns) check(column, wanted);
      return rows;
    }

   private:
    // The place in a message is the example's, not that in the batch.
    static void check(const Column& column, const Subset& wanted) {
      if (wanted.slice()) return data::check_values(column);
      try {
        data::check_values(column);
      } catch (const ValueError&) {
        Column one = column;
        one.examples = 1;
        for (std::int64_t i = 0; i < wanted.size; ++i) {
          one.data = static_cast<const unsigned char*>(column.data) + i * row_bytes(column);
          one.first = wanted[i];
          data::check_values(one);
        }
        throw;
      }
    }

    std::int64_t examples_;
    RowsAt read_;
    RowBuffers buffers_;
  };

  Pages pages_;
};

// ---------------------------------------------------------------------------- sources of sources

// What holds of another source, too, unless a class says otherwise.
class SourceOf : public BatchSource {
 public:
  explicit SourceOf(std::shared_ptr<const BatchSource> source) : source_(std::move(source)) {}
  const std::vector<Column>& columns() const override { return source_->columns(); }
  std::int64_t examples() const override { return source_->examples(); }
  bool random_access() const override { return source_->random_access(); }
  int ahead() const override { return source_->ahead(); }
  std::string facts() const override { return source_->facts(); }
  std::unique_ptr<RowCursor> open() const override { return source_->open(); }

 protected:
  const BatchSource& source() const { return *source_; }

 private:
  std::shared_ptr<const BatchSource> source_;
};

class Prefetched final : public SourceOf {
 public:
  Prefetched(std::shared_ptr<const BatchSource> source, int batches)
      : SourceOf(std::move(source)), batches_(batches) {
    if (batches < 1) throw ValueError(fmt::format("{} batches ahead: at least 1", batches));
  }
  int ahead() const override { return batches_; }

 private:
  int batches_;
};

class Repeated final : public SourceOf {
 public:
  explicit Repeated(std::shared_ptr<const BatchSource> source)
      : SourceOf(std::move(source)), columns_(this->source().columns()) {
    if (this->source().examples() == 0) throw ValueError("nothing can be repeated of no examples");
    set_examples(columns_, endless);
  }
  const std::vector<Column>& columns() const override { return columns_; }
  std::int64_t examples() const override { return endless; }
  bool random_access() const override { return false; }
  std::string facts() const override { return "again and again: " + source().facts(); }
  std::unique_ptr<RowCursor> open() const override {
    return std::make_unique<Cursor>(source(), columns_);
  }

 private:
  class Cursor final : public RowCursor {
   public:
    Cursor(const BatchSource& source, const std::vector<Column>& columns)
        : cursor_(source.open()), buffers_(columns), length_(source.examples()) {}

    void begin_epoch(std::int64_t epoch) override { cursor_->begin_epoch(epoch); }
    RowsView read(const Subset& wanted) override {
      require_slice(wanted);
      if (wanted.start < place_) place_ = inner_ = 0;
      if (length_ > 0) inner_ = wanted.start % length_, place_ = wanted.start;
      while (place_ < wanted.start) take(std::min(wanted.start - place_, wanted.size), nullptr);
      const std::span<void* const> room = buffers_.room(wanted.size);
      for (std::int64_t found = 0; found < wanted.size;) {
        std::vector<void*> rest;
        for (std::size_t i = 0; i < room.size(); ++i)
          rest.push_back(static_cast<unsigned char*>(room[i]) +
                         found * row_bytes(buffers_.columns()[i]));
        found += take(wanted.size - found, rest.data());
      }
      return buffers_.rows(wanted.size, wanted.start);
    }

   private:
    // Some of the next examples, at least one.
    std::int64_t take(std::int64_t most, void* const* out) {
      for (bool again = false;; again = true) {
        const std::int64_t left = length_ > 0 ? length_ - inner_ : most;
        const RowsView rows = cursor_->read({inner_, std::min(most, left), nullptr});
        for (std::size_t i = 0; out && i < rows.columns.size(); ++i)
          Table::gather(rows.columns[i], rows.subset, rows.columns[i].type, out[i]);
        place_ += rows.size();
        inner_ += rows.size();
        if (inner_ == length_ || rows.size() < std::min(most, left)) inner_ = 0;
        if (rows.size() > 0) return rows.size();
        if (again) throw ValueError("nothing can be repeated of no examples");
      }
    }

    std::unique_ptr<RowCursor> cursor_;
    RowBuffers buffers_;
    std::int64_t length_;                 // of the source; unknown: not before its end
    std::int64_t place_ = 0, inner_ = 0;  // the next example, counted on and in the source
  };

  std::vector<Column> columns_;
};

class Transformed final : public SourceOf {
 public:
  Transformed(std::shared_ptr<const BatchSource> source, std::vector<Column> columns,
              RowsFunction function, int ahead)
      : SourceOf(std::move(source)),
        columns_(std::move(columns)),
        function_(std::move(function)),
        ahead_(ahead) {
    if (columns_.empty() || !function_) throw ValueError("rows are made by a function, of columns");
    if (ahead < 0) throw ValueError(fmt::format("{} batches ahead: at least 0", ahead));
    set_examples(columns_, this->source().examples());
  }
  const std::vector<Column>& columns() const override { return columns_; }
  int ahead() const override { return ahead_; }
  std::unique_ptr<RowCursor> open() const override { return std::make_unique<Cursor>(*this); }

 private:
  class Cursor final : public RowCursor {
   public:
    explicit Cursor(const Transformed& of)
        : of_(of), cursor_(of.source().open()), in_(of.source().columns()), out_(of.columns_) {}

    void begin_epoch(std::int64_t epoch) override { cursor_->begin_epoch(epoch); }
    RowsView read(const Subset& wanted) override {
      const RowsView found = cursor_->read(wanted);
      const std::int64_t first = wanted.slice() ? wanted.start : 0;
      const RowsView rows = found.subset.slice() ? found : in_.copy(found, first);
      views_.clear();
      for (const Column& column : rows.columns) {
        Dims dims{rows.size()};
        for (int axis = 0; axis < column.example.rank; ++axis) dims.push_back(column.example[axis]);
        views_.push_back(
            {Table::direct(column, rows.subset, column.type), column.type, dims, true});
      }
      const std::span<void* const> room = out_.room(rows.size());
      if (rows.size() > 0) of_.function_(views_, room);
      const RowsView made = out_.rows(rows.size(), first);
      for (const Column& column : made.columns) data::check_values(column);
      return made;
    }

   private:
    const Transformed& of_;
    std::unique_ptr<RowCursor> cursor_;
    RowBuffers in_, out_;
    std::vector<ArrayView> views_;
  };

  std::vector<Column> columns_;
  RowsFunction function_;
  int ahead_;
};

class PartOf final : public SourceOf {
 public:
  PartOf(std::shared_ptr<const BatchSource> source, std::int64_t start, std::int64_t stop)
      : SourceOf(std::move(source)), start_(start), columns_(this->source().columns()) {
    const std::int64_t all = this->source().examples();
    if (start < 0 || start > stop || all < 0 || all == endless || stop > all)
      throw ValueError(
          fmt::format("the data set has {} examples: start {} and stop {} are not a range of them",
                      all, start, stop));
    set_examples(columns_, stop - start);
  }
  const std::vector<Column>& columns() const override { return columns_; }
  std::int64_t examples() const override { return columns_[0].examples; }
  std::string facts() const override {
    return fmt::format("examples {} to {} of: {}", start_, start_ + examples(), source().facts());
  }
  std::unique_ptr<RowCursor> open() const override { return std::make_unique<Cursor>(*this); }

 private:
  class Cursor final : public RowCursor {
   public:
    explicit Cursor(const PartOf& of) : of_(of), cursor_(of.source().open()) {}
    void begin_epoch(std::int64_t epoch) override { cursor_->begin_epoch(epoch); }
    RowsView read(const Subset& wanted) override {
      Subset there = wanted;
      if (wanted.slice()) {
        if (wanted.start < 0 || wanted.stop() > of_.examples()) not_there(wanted.stop() - 1);
        there.start += of_.start_;
        return cursor_->read(there);
      }
      moved_.clear();
      for (std::int64_t i = 0; i < wanted.size; ++i) {
        if (wanted[i] < 0 || wanted[i] >= of_.examples()) not_there(wanted[i]);
        moved_.push_back(wanted[i] + of_.start_);
      }
      there.indices = moved_.data();
      return cursor_->read(there);
    }

   private:
    [[noreturn]] void not_there(std::int64_t example) const {
      throw ValueError(
          fmt::format("example {}, where 0 to {} are there", example, of_.examples() - 1));
    }
    const PartOf& of_;
    std::unique_ptr<RowCursor> cursor_;
    std::vector<std::int64_t> moved_;
  };

  std::int64_t start_;
  std::vector<Column> columns_;
};

class SideBySide final : public BatchSource {
 public:
  explicit SideBySide(std::vector<std::shared_ptr<const BatchSource>> sources)
      : sources_(std::move(sources)) {
    if (sources_.empty()) throw ValueError("no sources to put side by side");
    for (const auto& each : sources_) {
      const std::int64_t here = each->examples();
      if (examples_ == unknown || (examples_ == endless && here != unknown)) examples_ = here;
      if (here >= 0 && here != endless && here != examples_)
        throw ValueError(fmt::format("{} has {} examples, {} has {}", in_quotes(columns_[0].source),
                                     examples_, in_quotes(each->columns()[0].source), here));
      columns_.insert(columns_.end(), each->columns().begin(), each->columns().end());
    }
    set_examples(columns_, examples_);
  }
  const std::vector<Column>& columns() const override { return columns_; }
  std::int64_t examples() const override { return examples_; }
  bool random_access() const override {
    return std::all_of(sources_.begin(), sources_.end(),
                       [](const auto& each) { return each->random_access(); });
  }
  int ahead() const override {
    int most = 0;
    for (const auto& each : sources_) most = std::max(most, each->ahead());
    return most;
  }
  std::string facts() const override {
    std::string text;
    for (const auto& each : sources_)
      if (const std::string one = each->facts(); !one.empty())
        text += (text.empty() ? "" : ", ") + one;
    return text;
  }
  std::unique_ptr<RowCursor> open() const override { return std::make_unique<Cursor>(*this); }

 private:
  class Cursor final : public RowCursor {
   public:
    explicit Cursor(const SideBySide& of) {
      for (const auto& each : of.sources_) {
        cursors_.push_back(each->open());
        copies_.emplace_back(each->columns());
      }
    }
    void begin_epoch(std::int64_t epoch) override {
      for (const auto& each : cursors_) each->begin_epoch(epoch);
    }
    RowsView read(const Subset& wanted) override {
      columns_.clear();
      std::int64_t examples = wanted.size;
      for (std::size_t i = 0; i < cursors_.size(); ++i) {
        RowsView rows = cursors_[i]->read(wanted);
        // Each numbers its rows in its own way; here they all begin with 0.
        if (!rows.subset.slice()) rows = copies_[i].copy(rows, 0);
        for (Column column : rows.columns) {
          column.data = Table::direct(column, rows.subset, column.type);
          column.first += rows.subset.start;
          column.examples = rows.size();
          columns_.push_back(std::move(column));
        }
        if (i > 0 && rows.size() != examples)
          throw ValueError(fmt::format("{} ends before or after {}",
                                       in_quotes(rows.columns[0].source),
                                       in_quotes(columns_[0].source)));
        examples = rows.size();
      }
      return {columns_, {0, examples, nullptr}};
    }

   private:
    std::vector<std::unique_ptr<RowCursor>> cursors_;
    std::vector<RowBuffers> copies_;
    std::vector<Column> columns_;
  };

  std::vector<std::shared_ptr<const BatchSource>> sources_;
  std::vector<Column> columns_;
  std::int64_t examples_ = unknown;
};

}  // namespace

Column number_column(std::string source, const Dims& example, ElementType type) {
  Column out;
  out.source = std::move(source);
  out.example = example;
  out.type = type;
  return out;
}

Column image_column(std::string source, std::int64_t rows, std::int64_t columns,
                    std::int64_t channels, ElementType type) {
  Column out = number_column(std::move(source), {rows, columns, channels}, type);
  out.conv = true;
  return out;
}

Column label_column(std::string source, int labels, const Dims& example) {
  if (labels < 1)
    throw ValueError(fmt::format("{}: {} labels; at least 1", in_quotes(source), labels));
  Column out = number_column(std::move(source), example, ElementType::int32);
  out.labels = labels;
  return out;
}

namespace {

// What an array of a file is as a column.
Column column_of(const NpyFile& array, const std::string& path, std::string source, int labels) {
  const std::vector<std::int64_t>& shape = array.shape();
  const bool fits =
      labels > 0 ? shape.size() == 1 || shape.size() == 2 : shape.size() == 2 || shape.size() == 4;
  if (!shape.empty() && std::find(shape.begin(), shape.end(), 0) != shape.end())
    throw FileError(fmt::format("{} has dimensions {}: {}", path, shape,
                                shape[0] == 0 ? "no examples" : "nothing in an example"));
  if (!fits)
    throw FileError(fmt::format("{} has dimensions {}, where {} are expected", path, shape,
                                labels > 0 ? "[examples] or [examples, labels]"
                                           : "[examples, features] or [examples, rows, columns, "
                                             "channels]"));
  const ElementType type = array.type();
  if (labels > 0 ? type != ElementType::int32
                 : type != ElementType::float32 && type != ElementType::float64)
    throw FileError(fmt::format("{} has elements that can be read, not mapped; mapped are {}", path,
                                labels > 0 ? "labels of int32" : "float32 and float64"));
  Column column;
  column.source = std::move(source);
  for (std::size_t axis = 1; axis < shape.size(); ++axis) column.example.push_back(shape[axis]);
  if (labels > 0 && column.example.rank == 1 && column.example[0] == 1) column.example = {};
  column.type = type;
  column.labels = labels;
  column.conv = shape.size() == 4;
  column.origin = std::make_shared<const Origin>(Origin{path, {}});
  return column;
}

// Also what stands in some examples, from the first to the last: another file of the same size
// would be told apart only by reading all of it.
std::string facts_of(const NpyFile& array) {
  constexpr std::int64_t most_looked_at = 4096;  // bytes of an example
  const std::int64_t examples = array.shape()[0], last = examples - 1;
  const std::int64_t looked_at = std::min(examples, std::int64_t{256});
  std::vector<unsigned char> row(static_cast<std::size_t>(array.row_bytes()));
  uLong crc = 0;
  for (std::int64_t i = 0; i < looked_at; ++i) {
    array.read(looked_at > 1 ? i * last / (looked_at - 1) : 0, 1, row.data());
    crc = crc32_z(crc, row.data(),
                  static_cast<std::size_t>(std::min(array.row_bytes(), most_looked_at)));
  }
  return fmt::format("mapped from a file of {} bytes, {} of its examples {:08x}", array.bytes(),
                     looked_at, crc);
}

}  // namespace

std::shared_ptr<const BatchSource> mapped_npy(const std::string& path, std::string source,
                                              int labels) {
  const auto array = std::make_shared<const NpyFile>(path);
  Pages pages;
  pages.columns.push_back(column_of(*array, path, std::move(source), labels));
  pages.examples = array->shape()[0];
  pages.facts = facts_of(*array);
  pages.begin = [array]() -> RowsAt {
    return [array](const Subset& wanted, std::span<void* const> out) {
      auto* to = static_cast<unsigned char*>(out[0]);
      each_run(wanted, [&](std::int64_t first, std::int64_t count) {
        array->read(first, count, to);
        to += count * array->row_bytes();
      });
    };
  };
  return paged(std::move(pages));
}

std::shared_ptr<const BatchSource> stream(Stream description) {
  return std::make_shared<const StreamSource>(std::move(description));
}

std::shared_ptr<const BatchSource> paged(Pages description) {
  return std::make_shared<const PagedSource>(std::move(description));
}

std::shared_ptr<const BatchSource> repeated(std::shared_ptr<const BatchSource> source) {
  return std::make_shared<const Repeated>(std::move(source));
}

std::shared_ptr<const BatchSource> transformed(std::shared_ptr<const BatchSource> source,
                                               std::vector<Column> columns, RowsFunction function,
                                               int ahead) {
  return std::make_shared<const Transformed>(std::move(source), std::move(columns),
                                             std::move(function), ahead);
}

std::shared_ptr<const BatchSource> side_by_side(
    std::vector<std::shared_ptr<const BatchSource>> sources) {
  return std::make_shared<const SideBySide>(std::move(sources));
}

std::shared_ptr<const BatchSource> part_of(std::shared_ptr<const BatchSource> source,
                                           std::int64_t start, std::int64_t stop) {
  if (const auto table = std::dynamic_pointer_cast<const Table>(source))
    return std::make_shared<const Table>(table->restrict(start, stop));
  return std::make_shared<const PartOf>(std::move(source), start, stop);
}

std::shared_ptr<const BatchSource> prefetched(std::shared_ptr<const BatchSource> source,
                                              int batches) {
  return std::make_shared<const Prefetched>(std::move(source), batches);
}

Table in_memory(const std::shared_ptr<const BatchSource>& source) {
  if (const auto table = std::dynamic_pointer_cast<const Table>(source)) return *table;
  if (source->examples() == BatchSource::endless)
    throw ValueError("a data set without an end cannot be read into memory");
  std::vector<Column> columns = source->columns();
  std::vector<std::shared_ptr<std::vector<unsigned char>>> memory;
  for (std::size_t i = 0; i < columns.size(); ++i)
    memory.push_back(std::make_shared<std::vector<unsigned char>>());
  constexpr std::int64_t at_once = 1024;
  const std::int64_t examples = for_each_batch(source, at_once, [&](const RowsView& rows) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::size_t before = memory[i]->size();
      memory[i]->resize(before + static_cast<std::size_t>(rows.size() * row_bytes(columns[i])));
      Table::gather(rows.columns[i], rows.subset, columns[i].type, memory[i]->data() + before);
    }
  });
  for (std::size_t i = 0; i < columns.size(); ++i) {
    columns[i].examples = examples;
    columns[i].data = memory[i]->data();
    columns[i].owner = memory[i];
  }
  return Table(std::move(columns));
}

}  // namespace ansatz
