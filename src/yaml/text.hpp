// The text that YAML is read from: pieces of sources, and what was filled in between.
#pragma once

#include <ansatz/yaml/errors.hpp>

namespace ansatz::yaml {

class Text {
 public:
  /// Adds source->text[from, to).
  void append(const SourcePtr& source, std::size_t from, std::size_t to);
  /// Adds text that stands nowhere; positions in it are that of `offset`.
  void append_filled(std::string_view value, const SourcePtr& source, std::size_t offset);
  void append(const Text& other);
  /// The same with a blank in front of each of these bytes, which are in rising order.
  Text with_blanks(const std::vector<std::size_t>& places) const;

  /// The same with other words in place of these bytes, which stand where those began.
  Text replaced(std::size_t from, std::size_t to, std::string_view with) const;

  const std::string& text() const { return text_; }
  std::size_t size() const { return text_.size(); }
  /// Where a byte of text() comes from; beyond the end, the end.
  Position at(std::size_t offset) const;

 private:
  // Bytes [from, to).
  Text part(std::size_t from, std::size_t to) const;

  struct Piece {
    std::size_t begin;  // in text_
    SourcePtr source;
    std::size_t offset;  // in the source
    bool filled;
  };
  std::string text_;
  std::vector<Piece> pieces_;
};

/// A source of these bytes, its lines ending in '\n' and without a byte order mark. Null, with an
/// error, if they are too many, not UTF-8, or hold characters that YAML does not allow.
SourcePtr make_source(const std::string& name, std::string bytes, std::size_t limit,
                      Errors& errors);
/// The same of a file. An error about the file itself stands at `asked`, if given.
SourcePtr load_source(const std::string& path, std::size_t limit, Errors& errors,
                      Position asked = {});
/// "name=value" as it was given on the command line; checked in the same way.
SourcePtr make_argument(std::string text, Errors& errors);

}  // namespace ansatz::yaml
