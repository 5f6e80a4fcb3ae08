#include <ansatz/yaml/read.hpp>
#include <ansatz/yaml/template.hpp>
#include <dsl/in_quotes.hpp>
#include <dsl/nearest_name.hpp>

#include "fill.hpp"
#include "format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace ansatz::yaml {

namespace {

bool word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

struct Definition {
  std::string name;
  std::string value;
  std::string file;  // "name=@file"
  SourcePtr argument;
  bool used = false;
};

// %(name)conversion at the start of a text.
struct Field {
  std::string_view name;
  Conversion conversion;
  std::size_t size = 0;  // 0: none there
  bool complete = false;
};

Field read_field(std::string_view text) {
  Field out;
  if (!text.starts_with("%(")) return out;
  const std::size_t close =
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", 2);
  if (close == text.npos || close == 2 || text[close] != ')') return out;
  out.name = text.substr(2, close - 2);
  const std::size_t size = read_conversion(text.substr(close + 1), out.conversion);
  out.complete = size > 0;
  out.size = close + 1 + size;
  return out;
}

class Filling {
 public:
  Filling(const std::vector<std::string>& definitions, std::size_t limit, Errors& errors)
      : limit_(limit), errors_(errors) {
    for (const std::string& text : definitions) define(text);
  }

  Text fill(const SourcePtr& source) {
    Text out;
    const std::string_view text = source->text;
    if (definitions_.empty() && !has_field(text)) {
      out.append(source, 0, text.size());
      return out;
    }
    std::size_t done = 0;
    for (std::size_t at = text.find('%'); at != text.npos && !full_; at = text.find('%', at)) {
      if (text.substr(at).starts_with("%%")) {
        out.append(source, done, at + 1);
        at = done = at + 2;
        continue;
      }
      const Field field = read_field(text.substr(at));
      if (field.size == 0) {
        ++at;
        continue;
      }
      out.append(source, done, at);
      if (field.complete) {
        fill_field(field, source, at, out);
      } else {
        errors_.add({source, at}, "",
                    fmt::format("%({}) has no conversion behind it; allowed: s d i u o x X e E f F "
                                "g G, as in %({})s",
                                field.name, field.name));
      }
      at = done = at + field.size;
    }
    if (!full_) out.append(source, done, text.size());
    return out;
  }

  void complain_about_unused() {
    std::vector<std::string_view> names(names_.begin(), names_.end());
    for (const Definition& definition : definitions_) {
      if (definition.used) continue;
      errors_.add({definition.argument}, "",
                  fmt::format("-D {}: there is no %({}) to fill in{}",
                              in_quotes(definition.argument->text), definition.name,
                              names.empty()
                                  ? "; -D fills in %(name)s of a text, which has none here; a key "
                                    "is set by its path without -D, as in "
                                    "algorithm.batch_size=50"
                                  : allowed_names(definition.name, names)));
    }
  }

 private:
  void define(const std::string& text) {
    Definition out;
    out.argument = make_argument(text, errors_);
    if (!out.argument) return;
    const std::size_t equals = text.find('=');
    out.name = text.substr(0, equals);
    const bool good = equals != text.npos && !out.name.empty() &&
                      std::all_of(out.name.begin(), out.name.end(), word);
    if (!good) {
      errors_.add({out.argument}, "",
                  fmt::format("-D {}: allowed: name=value, the name of letters, digits and '_'",
                              in_quotes(text)));
      return;
    }
    if (find(out.name)) {
      errors_.add({out.argument}, "", fmt::format("-D {} is given twice", out.name));
      return;
    }
    out.value = text.substr(equals + 1);
    if (out.value.starts_with("@@")) {
      out.value.erase(0, 1);
    } else if (out.value.starts_with('@')) {
      out.file = out.value.substr(1);
    }
    definitions_.push_back(std::move(out));
  }

  Definition* find(std::string_view name) {
    for (Definition& definition : definitions_)
      if (definition.name == name) return &definition;
    return nullptr;
  }

  static bool has_field(std::string_view text) {
    for (std::size_t at = text.find('%'); at != text.npos; at = text.find('%', at)) {
      if (read_field(text.substr(at)).complete) return true;
      at += text.substr(at).starts_with("%%") ? 2 : 1;
    }
    return false;
  }

  void fill_field(const Field& field, const SourcePtr& source, std::size_t at, Text& out) {
    names_.emplace(field.name);
    Definition* const definition = find(field.name);
    if (!definition) {
      if (missing_.emplace(field.name).second) complain_about_missing(field, {source, at});
      out.append_filled("0", source, at);
      return;
    }
    definition->used = true;
    if (!definition->file.empty()) {
      fill_file(*definition, field, {source, at}, out);
    } else {
      std::string why;
      const auto value = format_value(definition->value, field.conversion, why);
      if (!value)
        errors_.add({source, at}, "",
                    fmt::format("%({}){}: {}", field.name, field.conversion.letter, why));
      out.append_filled(value.value_or("0"), source, at);
    }
    check_size(out, {source, at});
  }

  void complain_about_missing(const Field& field, Position position) {
    std::vector<std::string_view> given;
    for (const Definition& definition : definitions_) given.push_back(definition.name);
    errors_.add(std::move(position), "",
                fmt::format("%({0}) has no value; give it with -D {0}=...{1}", field.name,
                            given.empty() ? "" : allowed_names(field.name, given)));
  }

  void fill_file(const Definition& definition, const Field& field, Position position, Text& out) {
    if (field.conversion.letter != 's') {
      errors_.add(position, "",
                  fmt::format("%({}){} cannot take a file; allowed: %({})s", field.name,
                              field.conversion.letter, field.name));
      return;
    }
    if (std::find(open_.begin(), open_.end(), definition.file) != open_.end()) {
      errors_.add(position, "", fmt::format("{} would be filled into itself", definition.file));
      return;
    }
    const SourcePtr file = load_source(definition.file, limit_, errors_, {definition.argument});
    if (!file) return;
    open_.push_back(definition.file);
    out.append(fill(file));
    open_.pop_back();
  }

  void check_size(const Text& out, Position position) {
    if (full_ || out.size() <= limit_) return;
    full_ = true;
    errors_.add(std::move(position), "",
                fmt::format("the text grows beyond {} bytes when it is filled in here", limit_));
  }

  std::size_t limit_;
  Errors& errors_;
  std::vector<Definition> definitions_;
  std::set<std::string, std::less<>> names_, missing_;
  std::vector<std::string> open_;
  bool full_ = false;
};

}  // namespace

namespace {

template <class Piece>
Text join(const std::vector<SourcePtr>& sources, Piece&& piece) {
  Text out;
  for (const SourcePtr& source : sources) {
    out.append(piece(source));
    if (sources.size() > 1 && !out.text().ends_with('\n'))
      out.append_filled("\n", source, source->text.size());
  }
  return out;
}

}  // namespace

Text paste(const std::vector<SourcePtr>& sources) {
  return join(sources, [](const SourcePtr& source) {
    Text all;
    all.append(source, 0, source->text.size());
    return all;
  });
}

Text fill(const std::vector<SourcePtr>& sources, const std::vector<std::string>& definitions,
          std::size_t limit, Errors& errors) {
  Filling filling(definitions, limit, errors);
  Text out = join(sources, [&](const SourcePtr& source) { return filling.fill(source); });
  filling.complain_about_unused();
  return out;
}

std::string fill_template(const std::string& name, const std::string& text,
                          const std::vector<std::string>& definitions, Errors& errors) {
  const std::size_t limit = Limits().bytes;
  const SourcePtr source = make_source(name, text, limit, errors);
  return source ? fill({source}, definitions, limit, errors).text() : std::string();
}

}  // namespace ansatz::yaml
