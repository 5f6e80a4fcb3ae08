// Where a piece of YAML stands.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace ansatz::yaml {

/// A text that was read: a file, or an argument of the command line.
struct Source {
  std::string name;
  /// UTF-8; lines end in '\n', whatever they ended in before.
  std::string text;
  /// An argument of the command line: errors name it without line and column.
  bool argument = false;
};
using SourcePtr = std::shared_ptr<const Source>;

/// A byte of a source.
struct Position {
  SourcePtr source;
  std::size_t offset = 0;

  /// From 1; found by counting, so ask only where a person reads the answer.
  int line() const;
  /// In characters, from 1.
  int column() const;
  /// "job.yaml:12:7", or the source's name alone when it is an argument; "" without a source.
  std::string text() const;
  /// The line, and below it a caret under the column; "" without a source. Of a long line only
  /// the part around the column.
  std::string excerpt() const;
};

/// `text` in single quotes for a message: control characters as escapes, the middle left out
/// when it is longer than 60 characters.
std::string quoted(std::string_view text);

}  // namespace ansatz::yaml
