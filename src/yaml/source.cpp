#include <ansatz/yaml/source.hpp>

#include "../dsl/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ansatz::yaml {

namespace {

constexpr std::size_t shown = 60;

std::size_t line_start(const Position& position) {
  return position.source->line_of(position.offset).begin;
}

}  // namespace

Source::Line Source::line_of(std::size_t offset) const {
  if (line_begins_.empty()) {
    line_begins_.push_back(0);
    for (std::size_t end = text.find('\n'); end != text.npos; end = text.find('\n', end + 1))
      line_begins_.push_back(end + 1);
  }
  const auto behind = std::upper_bound(line_begins_.begin(), line_begins_.end(), offset);
  return {*(behind - 1), static_cast<int>(behind - line_begins_.begin()) - 1};
}

std::size_t Source::characters_before(std::size_t offset) const {
  const std::size_t begin = line_of(offset).begin, end = std::min(offset, text.size());
  if (counted_begin_ != begin || counted_to_ < begin || counted_to_ > end)
    counted_begin_ = counted_to_ = begin, counted_ = 0;
  counted_ += utf8::length(std::string_view(text).substr(counted_to_, end - counted_to_));
  counted_to_ = end;
  return counted_;
}

int Position::line() const { return source ? 1 + source->line_of(offset).number : 0; }

int Position::column() const {
  return source ? 1 + static_cast<int>(source->characters_before(offset)) : 0;
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

}  // namespace ansatz::yaml
