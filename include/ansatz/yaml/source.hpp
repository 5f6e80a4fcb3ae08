// Where a piece of YAML stands.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ansatz::yaml {

/// A text that was read: a file, or an argument of the command line.
struct Source {
  std::string name;
  /// UTF-8; lines end in '\n', whatever they ended in before.
  std::string text;
  /// An argument of the command line: errors name it without line and column.
  bool argument = false;

  /// Where the line of a byte begins, and its number from 0. The text must not change afterwards.
  struct Line {
    std::size_t begin = 0;
    int number = 0;
  };
  Line line_of(std::size_t offset) const;
  /// Characters of its line before a byte.
  std::size_t characters_before(std::size_t offset) const;

 private:
  // Found when they are asked for first, by one thread: many objects ask for their places. Of a
  // long line the last answer is kept, as the next one is mostly a little further on.
  mutable std::vector<std::size_t> line_begins_;
  mutable std::size_t counted_begin_ = 0, counted_to_ = 0, counted_ = 0;
};
using SourcePtr = std::shared_ptr<const Source>;

/// A byte of a source.
struct Position {
  SourcePtr source;
  std::size_t offset = 0;

  /// From 1.
  int line() const;
  /// In characters, from 1.
  int column() const;
  /// "job.yaml:12:7", or the source's name alone when it is an argument; "" without a source.
  std::string text() const;
  /// The line, and below it a caret under the column; "" without a source. Of a long line only
  /// the part around the column.
  std::string excerpt() const;
};

}  // namespace ansatz::yaml
