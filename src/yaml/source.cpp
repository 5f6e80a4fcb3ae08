#include <ansatz/yaml/source.hpp>

#include "utf8.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ansatz::yaml {

namespace {

constexpr std::size_t shown = 60;

std::size_t line_start(const Position& position) {
  const std::string& text = position.source->text;
  const std::size_t offset = std::min(position.offset, text.size());
  const std::size_t before = offset == 0 ? std::string::npos : text.rfind('\n', offset - 1);
  return before == std::string::npos ? 0 : before + 1;
}

}  // namespace

int Position::line() const {
  if (!source) return 0;
  const auto end =
      source->text.begin() + static_cast<std::ptrdiff_t>(std::min(offset, source->text.size()));
  return 1 + static_cast<int>(std::count(source->text.begin(), end, '\n'));
}

int Position::column() const {
  if (!source) return 0;
  const std::size_t start = line_start(*this);
  const std::size_t end = std::min(offset, source->text.size());
  return 1 +
         static_cast<int>(utf8::length(std::string_view(source->text).substr(start, end - start)));
}

std::string Position::text() const {
  if (!source) return {};
  if (source->argument) return source->name;
  return fmt::format("{}:{}:{}", source->name, line(), column());
}

std::string Position::excerpt() const {
  if (!source) return {};
  const std::string_view text = source->text;
  std::size_t start = line_start(*this);
  std::size_t end = std::min(text.find('\n', start), text.size());
  const std::size_t at = std::clamp(offset, start, end);
  // Of a line too long for a terminal, the part around the column.
  if (at - start > shown) start = utf8::boundary(text, at - shown);
  if (end - at > shown) end = utf8::boundary(text, at + shown);
  std::string line, caret;
  for (std::size_t i = start; i < end; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    line += byte < ' ' || byte == 0x7f ? ' ' : text[i];
    if (i < at && !utf8::continuation(text[i])) caret += ' ';
  }
  return fmt::format("  {}\n  {}^\n", line, caret);
}

std::string quoted(std::string_view text) {
  const auto escaped = [](std::string_view part) {
    std::string out;
    for (const char c : part) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '\n') {
        out += "\\n";
      } else if (c == '\t') {
        out += "\\t";
      } else if (byte < ' ' || byte == 0x7f) {
        out += fmt::format("\\x{:02x}", byte);
      } else {
        out += c;
      }
    }
    return out;
  };
  if (text.size() <= shown) return "'" + escaped(text) + "'";
  const std::string_view head = text.substr(0, utf8::boundary(text, shown / 2));
  const std::string_view tail = text.substr(utf8::boundary(text, text.size() - shown / 3));
  return fmt::format("'{}...{}' ({} characters)", escaped(head), escaped(tail), utf8::length(text));
}

}  // namespace ansatz::yaml
