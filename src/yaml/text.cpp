#include "text.hpp"

#include <ansatz/base/regular_file.hpp>
#include "../base/names_in.hpp"
#include "../dsl/utf8.hpp"

#include <dsl/nearest_name.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace ansatz::yaml {

void Text::append(const SourcePtr& source, std::size_t from, std::size_t to) {
  if (from >= to) return;
  pieces_.push_back({text_.size(), source, from, false});
  text_.append(source->text, from, to - from);
}

void Text::append_filled(std::string_view value, const SourcePtr& source, std::size_t offset) {
  pieces_.push_back({text_.size(), source, offset, true});
  text_ += value;
}

void Text::append(const Text& other) {
  for (Piece piece : other.pieces_) {
    piece.begin += text_.size();
    pieces_.push_back(std::move(piece));
  }
  text_ += other.text_;
}

Text Text::with_blanks(const std::vector<std::size_t>& places) const {
  Text out;
  std::size_t next = 0;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    const Piece& piece = pieces_[i];
    const bool last = i + 1 == pieces_.size();
    const std::size_t end = last ? text_.size() : pieces_[i + 1].begin;
    const std::string_view all = std::string_view(text_).substr(piece.begin, end - piece.begin);
    std::size_t from = 0;
    const auto append_to = [&](std::size_t to) {
      if (piece.filled)
        out.append_filled(all.substr(from, to - from), piece.source, piece.offset);
      else
        out.append(piece.source, piece.offset + from, piece.offset + to);
      from = to;
    };
    for (; next < places.size() && (places[next] < end || last); ++next) {
      append_to(std::min(places[next] - piece.begin, all.size()));
      out.append_filled(" ", piece.source, piece.filled ? piece.offset : piece.offset + from);
    }
    append_to(all.size());
  }
  return out;
}

Text Text::part(std::size_t from, std::size_t to) const {
  Text out;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    const Piece& piece = pieces_[i];
    const std::size_t end = i + 1 == pieces_.size() ? text_.size() : pieces_[i + 1].begin;
    const std::size_t first = std::max(from, piece.begin), last = std::min(to, end);
    if (first >= last) continue;
    const std::size_t offset = piece.offset + (first - piece.begin);
    if (piece.filled)
      out.append_filled(std::string_view(text_).substr(first, last - first), piece.source,
                        piece.offset);
    else
      out.append(piece.source, offset, offset + (last - first));
  }
  return out;
}

Text Text::replaced(std::size_t from, std::size_t to, std::string_view with) const {
  const Position position = at(from);
  Text out = part(0, from);
  out.append_filled(with, position.source, position.offset);
  out.append(part(to, text_.size()));
  return out;
}

Position Text::at(std::size_t offset) const {
  if (pieces_.empty()) return {};
  offset = std::min(offset, text_.size());
  const auto after =
      std::upper_bound(pieces_.begin() + 1, pieces_.end(), offset,
                       [](std::size_t wanted, const Piece& piece) { return wanted < piece.begin; });
  const Piece& piece = *(after - 1);
  return {piece.source, piece.filled ? piece.offset : piece.offset + (offset - piece.begin)};
}

namespace {

// "\r\n", a lone "\r" and U+0085 end a line as "\n" does.
void end_lines_in_newlines(std::string& bytes) {
  std::size_t to = 0;
  for (std::size_t from = 0; from < bytes.size(); ++from) {
    if (bytes.compare(from, 2, "\xc2\x85") == 0) {
      bytes[to++] = '\n';
      ++from;
    } else if (bytes[from] != '\r') {
      bytes[to++] = bytes[from];
    } else {
      bytes[to++] = '\n';
      if (from + 1 < bytes.size() && bytes[from + 1] == '\n') ++from;
    }
  }
  bytes.resize(to);
}

std::string nearest_file(const std::filesystem::path& path) {
  const auto folder = path.has_parent_path() ? path.parent_path() : ".";
  std::vector<std::string> names = names_in(folder.string(), 1000);
  std::sort(names.begin(), names.end());
  const std::vector<std::string_view> known(names.begin(), names.end());
  const std::string wanted = path.filename().string();
  const std::string nearest(nearest_name(wanted, known));
  return nearest.empty() ? nearest : (path.parent_path() / nearest).string();
}

bool well_formed(const SourcePtr& source, Errors& errors) {
  const std::string_view text = source->text;
  for (std::size_t i = 0; i < text.size();) {
    const utf8::Character character = utf8::decode(text.substr(i));
    if (character.bytes == 0) {
      errors.add({source, i}, "",
                 fmt::format("found the byte {:#04x}; allowed: UTF-8",
                             static_cast<unsigned char>(text[i])));
      return false;
    }
    if (!utf8::printable(character.code)) {
      errors.add(
          {source, i}, "",
          fmt::format("found the character U+{:04X}, which YAML does not allow", character.code));
      return false;
    }
    i += static_cast<std::size_t>(character.bytes);
  }
  return true;
}

}  // namespace

SourcePtr make_source(const std::string& name, std::string bytes, std::size_t limit,
                      Errors& errors) {
  auto source = std::make_shared<Source>();
  source->name = name;
  if (bytes.size() > limit) {
    errors.add({source}, "", fmt::format("{} bytes; at most {} are read", bytes.size(), limit));
    return nullptr;
  }
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff")) {
    errors.add({source}, "", "found UTF-16; allowed: UTF-8");
    return nullptr;
  }
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.erase(0, 3);
  end_lines_in_newlines(bytes);
  source->text = std::move(bytes);
  return well_formed(source, errors) ? source : nullptr;
}

SourcePtr load_source(const std::string& path, std::size_t limit, Errors& errors, Position asked) {
  const auto fail = [&](const std::string& what) {
    const auto named = std::make_shared<Source>();
    named->name = path;
    named->argument = true;
    if (asked.source) {
      errors.add(asked, "", path + ": " + what);
    } else {
      errors.add({SourcePtr(named)}, "", what);
    }
    return nullptr;
  };
  serial::RegularFile opened = serial::open_regular(path);
  if (opened.missing()) {
    const std::string nearest = nearest_file(path);
    return fail("no such file" + (nearest.empty() ? "" : "; nearest: " + nearest));
  }
  if (opened.error) return fail(fmt::format("cannot be read: {}", opened.why));
  if (!opened.file) return fail(opened.why);
  const serial::Stream file = serial::stream_of(std::move(opened));
  if (!file) return fail(fmt::format("cannot be read: {}", std::strerror(errno)));
  // One byte past the limit is enough to know that there are too many.
  std::string bytes;
  for (std::size_t read = 0, size = 0; read == size && read <= limit;) {
    size = std::min(std::max<std::size_t>(2 * size, 16384), limit + 1);
    bytes.resize(size);
    read += std::fread(bytes.data() + read, 1, size - read, file.get());
    bytes.resize(read);
  }
  if (std::ferror(file.get())) return fail(fmt::format("cannot be read: {}", std::strerror(errno)));
  if (bytes.size() > limit) return fail(fmt::format("more than {} bytes", limit));
  return make_source(path, std::move(bytes), limit, errors);
}

SourcePtr make_argument(std::string text, Errors& errors) {
  end_lines_in_newlines(text);
  auto source = std::make_shared<Source>();
  source->name = "command line";
  source->text = std::move(text);
  source->argument = true;
  return well_formed(source, errors) ? source : nullptr;
}

}  // namespace ansatz::yaml
