#include <ansatz/yaml/scalar.hpp>

#include <ansatz/yaml/write.hpp>
#include "../dsl/utf8.hpp"
#include "core_tags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace ansatz::yaml {

namespace {

// A key of more characters must be marked by "? ".
constexpr std::size_t longest_key = 1000;

bool letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Means the same without quotes, wherever it stands.
bool plain_enough(std::string_view text) {
  if (text.empty() || text.size() > longest_key) return false;
  if (text == "-" || text == "..." || text == "---" || text == "=" || text == "<<") return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (letter_or_digit(c) || c == '.' || c == '/' || c == '+' || c == '-') continue;
    if (c == '~' && text.size() == 1) continue;
    if (c == ':' && i > 0 && i + 1 < text.size() && letter_or_digit(text[i + 1])) continue;
    return false;
  }
  return !text.starts_with("--") && !text.starts_with("..");
}

std::string in_double_quotes(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const utf8::Character character = utf8::decode(text.substr(i));
    const std::uint32_t code = character.code;
    const auto bytes = static_cast<std::size_t>(std::max(character.bytes, 1));
    if (code == '"' || code == '\\') {
      out += '\\';
      out += text[i];
    } else if (code == '\n') {
      out += "\\n";
    } else if (code == '\t') {
      out += "\\t";
    } else if (code < 0x20 || code == 0x7f || (code >= 0x80 && code < 0xa0)) {
      out += fmt::format("\\x{:02x}", code);
    } else if (code == 0x2028 || code == 0x2029 || !utf8::printable(code)) {
      out += fmt::format("\\u{:04x}", code);
    } else {
      out += text.substr(i, bytes);
    }
    i += bytes;
  }
  return out + "\"";
}

class Writer {
 public:
  explicit Writer(const Node& root) { count(root); }

  // The node behind "key:" or "-", with what separates it from that; `column` is where its own
  // lines begin, `compact` whether its first line may be that of the "-".
  void write(const Node& node, int column, bool compact) {
    std::string front;
    const auto known = names_.find(&node);
    if (known != names_.end()) {
      out += " *" + known->second + "\n";
      return;
    }
    if (references_[&node] > 1) {
      const std::string& name = names_.emplace(&node, free_name(node.anchor)).first->second;
      front += " &" + name;
    }
    if (!node.tag.empty()) front += " " + tag(node.tag);
    const bool collection = node.kind == Kind::sequence || node.kind == Kind::mapping;
    if (!collection || node.children.empty()) {
      const std::string text = value(node);
      out += front + (text.empty() ? "" : " " + text) + "\n";
      return;
    }
    const bool on_this_line = compact && front.empty();
    out += on_this_line ? " " : front + "\n";
    bool first = on_this_line;
    for (const Child& child : node.children) {
      if (!first) out.append(static_cast<std::size_t>(column), ' ');
      first = false;
      if (node.kind == Kind::mapping) {
        write_key(child, column);
      } else {
        out += "-";
      }
      write(*child.node, column + 2, node.kind == Kind::sequence);
    }
  }

  std::string out;

 private:
  void count(const Node& node) {
    if (++references_[&node] > 1) return;
    if (usable(node.anchor)) taken_[node.anchor] += 1;
    for (const Child& child : node.children) count(*child.node);
  }

  static bool usable(const std::string& name) {
    return !name.empty() && name.size() <= 100 &&
           std::all_of(name.begin(), name.end(), letter_or_digit);
  }

  // The node's own name, if no other node bears it.
  std::string free_name(const std::string& wanted) {
    if (usable(wanted) && taken_[wanted] == 1 && given_.insert(wanted).second) return wanted;
    std::string name;
    do {
      name = fmt::format("id{:03}", ++last_);
    } while (taken_.contains(name) || !given_.insert(name).second);
    return name;
  }

  static std::string tag(const std::string& tag) {
    if (tag.starts_with(core_tags)) return "!!" + tag.substr(core_tags.size());
    return tag.starts_with('!') ? tag : "!<" + tag + ">";
  }

  static std::string value(const Node& node) {
    switch (node.kind) {
      case Kind::null:
        return "null";
      case Kind::sequence:
        return "[]";
      case Kind::mapping:
        return "{}";
      case Kind::scalar:
        break;
    }
    if (node.text.empty() && !node.quoted && !node.tag.empty()) return "";
    const bool text = type_of(node) == Type::text;
    const bool plain = plain_enough(node.text) &&
                       (!text || (!node.quoted && type_of(node.text) == Type::text) ||
                        (node.quoted && node.tag.empty() && type_of(node.text) == Type::text));
    return plain ? node.text : in_double_quotes(node.text);
  }

  void write_key(const Child& child, int column) {
    const bool number = !child.key_quoted && type_of(child.key) != Type::text;
    const bool plain = plain_enough(child.key) && (number || type_of(child.key) == Type::text);
    const std::string key = plain ? child.key : in_double_quotes(child.key);
    if (key.size() <= longest_key) {
      out += key + ":";
    } else {
      out += "? " + key + "\n" + std::string(static_cast<std::size_t>(column), ' ') + ":";
    }
  }

  std::unordered_map<const Node*, int> references_;
  std::unordered_map<const Node*, std::string> names_;
  std::unordered_map<std::string, int> taken_;
  std::unordered_set<std::string> given_;
  int last_ = 0;
};

}  // namespace

std::string to_yaml(const Node& node) {
  Writer writer(node);
  writer.write(node, 0, true);
  // The root has no key in front of it.
  return writer.out.starts_with(' ') ? writer.out.substr(1) : writer.out;
}

}  // namespace ansatz::yaml
