#include "builder.hpp"

#include "path.hpp"
#include "utf8.hpp"

#include <ansatz/nearest_name.hpp>

#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

namespace ansatz::yaml {

namespace {

// Thrown when there is no use in going on; the error is in the list already.
struct Stop {};

// After so many, nobody reads on.
constexpr int most_errors = 1000;

bool blank(char c) { return c == ' ' || c == '\n' || c == '\t'; }

// A collection that is being read.
struct Frame {
  NodePtr node;
  std::size_t begin = 0;
  bool value_next = false;  // in a mapping: a key has been read
  Child pending;            // that key
  bool drop = false;        // the key is at fault, its value goes nowhere
  bool merge = false;       // the key is <<
  int height = 0;           // of the tree below, through aliases
  std::unordered_map<std::string, Position> seen;
  std::vector<NodePtr> merged;
};

std::string text_of(const yaml_char_t* text) {
  return text ? reinterpret_cast<const char*>(text) : std::string();
}

class Builder {
 public:
  Builder(const Text& text, const Limits& limits, Errors& errors, const std::string& path)
      : text_(text), limits_(limits), errors_(errors), base_(path) {}

  NodePtr root() const { return root_; }
  const std::vector<Frame>& open() const { return frames_; }

  std::string path() const {
    std::string out = base_;
    for (const Frame& frame : frames_) {
      const Node& node = *frame.node;
      if (node.kind == Kind::sequence) {
        out = path::with_index(out, node.children.size());
      } else if (frame.value_next) {
        out = path::with_key(out, frame.pending.key);
      }
    }
    return out;
  }

  // `at` is where the event begins in the text.
  void take(const yaml_event_t& event, std::size_t at) {
    check_empty();
    switch (event.type) {
      case YAML_ALIAS_EVENT:
        return alias(at, text_of(event.data.alias.anchor));
      case YAML_SCALAR_EVENT:
        return scalar(event, at);
      case YAML_SEQUENCE_START_EVENT:
        anchor(at, event.data.sequence_start.anchor);
        return push(make(at, text_of(event.data.sequence_start.tag), Kind::sequence), at);
      case YAML_MAPPING_START_EVENT:
        anchor(at, event.data.mapping_start.anchor);
        return push(make(at, text_of(event.data.mapping_start.tag), Kind::mapping), at);
      case YAML_MAPPING_END_EVENT:
        if (!frames_.back().merged.empty()) merge(frames_.back());
        return pop();
      case YAML_SEQUENCE_END_EVENT:
        return pop();
      default:
        return;
    }
  }

 private:
  struct Anchored {
    NodePtr node;  // null while it is being read
    int height = 0;
    Position position;
  };

  void scalar(const yaml_event_t& event, std::size_t at) {
    const auto& data = event.data.scalar;
    anchor(at, data.anchor);
    const std::string tag = text_of(data.tag);
    const bool plain = data.style == YAML_PLAIN_SCALAR_STYLE;
    const bool nothing = plain && data.length == 0;
    const NodePtr node = make(at, tag, nothing && tag.empty() ? Kind::null : Kind::scalar);
    node->text.assign(reinterpret_cast<const char*>(data.value), data.length);
    node->quoted = !plain || tag == "!";
    if (node->kind == Kind::scalar && plain && tag.empty() &&
        (node->text == "~" || node->text == "null" || node->text == "Null" || node->text == "NULL"))
      node->kind = Kind::null, node->text.clear();
    finish(node, node->anchor, 0);
  }

  void anchor(std::size_t at, const yaml_char_t* name) {
    anchor_name_ = text_of(name);
    if (anchor_name_.empty()) return;
    const auto [known, is_new] =
        anchored_.emplace(anchor_name_, Anchored{nullptr, 0, text_.at(at)});
    if (is_new) {
      names_.push_back(anchor_name_);
      return;
    }
    errors_.add(text_.at(at), path(),
                fmt::format("found the anchor &{} a second time; the first is in line {}",
                            anchor_name_, known->second.position.line()));
    known->second.node = nullptr;
  }

  void alias(std::size_t at, const std::string& name) {
    const Position position = text_.at(at);
    const auto known = anchored_.find(name);
    if (known == anchored_.end()) {
      errors_.add(position, path(),
                  fmt::format("found {}, but no such anchor before it{}", quoted("*" + name),
                              allowed_names(name, {names_.begin(), names_.end()})));
      throw Stop{};
    }
    if (!known->second.node) {
      errors_.add(position, path(),
                  fmt::format("found *{0} inside of &{0}; allowed: an anchor that does not contain "
                              "itself",
                              name));
      anchor_name_.clear();
      return put(make(at, "", Kind::null), position, true, 0);
    }
    put(known->second.node, position, true, known->second.height);
  }

  // Where the tag of the node that begins at `at` stands: behind its anchor, if that comes first.
  std::size_t tag_at(std::size_t at) const {
    const std::string& text = text_.text();
    std::size_t tag = at;
    if (tag < text.size() && text[tag] == '&') {
      while (tag < text.size() && !blank(text[tag])) ++tag;
      while (tag < text.size() && blank(text[tag])) ++tag;
    }
    return tag < text.size() && text[tag] == '!' ? tag : at;
  }

  NodePtr make(std::size_t at, const std::string& tag, Kind kind) {
    count(at);
    auto node = std::make_shared<Node>();
    node->kind = kind;
    if (tag != "!") node->tag = tag;  // that a scalar is text is said by `quoted`
    node->position = text_.at(node->tag.empty() ? at : tag_at(at));
    node->anchor = std::exchange(anchor_name_, {});
    return node;
  }

  void count(std::size_t at) {
    if (errors_.size() > most_errors) throw Stop{};
    if (++nodes_ <= limits_.nodes) return;
    errors_.add(text_.at(at), path(),
                fmt::format("more than {} values; that is too much", limits_.nodes));
    throw Stop{};
  }

  void push(const NodePtr& node, std::size_t begin) {
    check_depth(node->position, 1);
    Frame frame;
    frame.node = node;
    frame.begin = begin;
    frames_.push_back(std::move(frame));
  }

  void pop() {
    const Frame frame = std::move(frames_.back());
    frames_.pop_back();
    finish(frame.node, frame.node->anchor, frame.height);
  }

  void finish(const NodePtr& node, const std::string& name, int height) {
    if (!name.empty()) {
      Anchored& anchored = anchored_[name];
      anchored.node = node;
      anchored.height = height;
    }
    if (!node->tag.empty() && !awaits_key()) {
      if (node->kind == Kind::scalar && node->text.empty() && !node->quoted)
        empty_ = node, empty_path_ = path();
      else
        check_tag(*node, path(), errors_);
    }
    put(node, node->position, false, height);
  }

  // A tag before nothing is complained about when something good follows: else that is the fault.
  void check_empty() {
    if (const NodePtr node = std::exchange(empty_, nullptr)) check_tag(*node, empty_path_, errors_);
  }

  bool awaits_key() const {
    return !frames_.empty() && frames_.back().node->kind == Kind::mapping &&
           !frames_.back().value_next;
  }

  void check_depth(const Position& position, int height) {
    if (static_cast<int>(frames_.size()) + height <= limits_.depth) return;
    errors_.add(position, path(), fmt::format("nested more than {} deep", limits_.depth));
    throw Stop{};
  }

  void put(const NodePtr& node, const Position& at, bool alias, int height) {
    if (frames_.empty()) {
      root_ = node;
      return;
    }
    check_depth(at, height);
    Frame& frame = frames_.back();
    if (awaits_key()) return key(frame, *node, at);
    frame.height = std::max(frame.height, height + 1);
    Child child = std::move(frame.pending);
    frame.pending = {};
    const bool drop = frame.drop, merge = frame.merge;
    if (merge) note_merge(frame, node, at);
    frame.value_next = frame.drop = frame.merge = false;
    if (drop || merge) return;
    child.node = node;
    child.position = at;
    child.alias = alias;
    frame.node->children.push_back(std::move(child));
  }

  void key(Frame& frame, const Node& node, const Position& at) {
    frame.value_next = true;
    frame.pending.key = node.text;
    frame.pending.key_quoted = node.quoted;
    frame.pending.key_position = at;
    const auto refuse = [&](const std::string& what) {
      frame.drop = true;
      frame.value_next = false;  // the path is that of the mapping
      errors_.add(at, path(), what);
      frame.value_next = true;
    };
    if (node.kind == Kind::null) return refuse("found a value without a key before its ':'");
    if (node.kind != Kind::scalar)
      return refuse(fmt::format("found {} as a key; allowed: a word or a number", describe(node)));
    if (!node.tag.empty() && node.tag != "tag:yaml.org,2002:str")
      return refuse(
          fmt::format("found the tag {} on a key; allowed: a word or a number", quoted(node.tag)));
    if (node.text == "<<" && !node.quoted) {
      frame.merge = true;
      return;
    }
    const auto [first, is_new] = frame.seen.emplace(node.text, at);
    if (is_new) return;
    frame.drop = true;
    errors_.add(at, path(),
                fmt::format("found duplicate key ({}); the first is in line {}", node.text,
                            first->second.line()));
  }

  void note_merge(Frame& frame, const NodePtr& node, const Position& at) {
    bool good = node->kind == Kind::mapping;
    if (good) frame.merged.push_back(node);
    if (node->kind == Kind::sequence) {
      good = true;
      for (const Child& item : node->children) {
        good = good && item.node->kind == Kind::mapping;
        if (good) frame.merged.push_back(item.node);
      }
    }
    if (!good)
      errors_.add(at, path(),
                  fmt::format("found {} behind <<; allowed: a mapping or a list of mappings",
                              describe(*node)));
  }

  // As PyYAML: what is merged comes first, the earlier mapping wins, and keys of the mapping
  // itself win over all.
  void merge(Frame& frame) {
    std::vector<Child>& own = frame.node->children;
    std::vector<Child> all;
    std::unordered_map<std::string, std::size_t> where;
    for (const NodePtr& node : frame.merged)
      for (const Child& child : node->children) {
        if (!where.emplace(child.key, all.size()).second) continue;
        count(frame.begin);
        all.push_back(child);
        all.back().alias = true;
      }
    for (Child& child : own) {
      const auto [found, is_new] = where.emplace(child.key, all.size());
      if (is_new) {
        all.push_back(std::move(child));
      } else {
        all[found->second] = std::move(child);
      }
    }
    own = std::move(all);
  }

  const Text& text_;
  const Limits& limits_;
  Errors& errors_;
  const std::string base_;
  NodePtr root_;
  std::vector<Frame> frames_;
  std::unordered_map<std::string, Anchored> anchored_;
  std::vector<std::string> names_;  // of anchors
  std::string anchor_name_;         // of the node that is made next
  NodePtr empty_;                   // a tag before nothing
  std::string empty_path_;
  int nodes_ = 0;
};

// The parser of libyaml, which is PyYAML's in C.
class Parser {
 public:
  explicit Parser(const std::string& text) : text_(text) {
    if (!yaml_parser_initialize(&parser_)) throw std::bad_alloc();
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
    // libyaml counts characters.
    ascii_ = std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
  }
  ~Parser() {
    yaml_event_delete(&event_);
    yaml_parser_delete(&parser_);
  }
  Parser(const Parser&) = delete;

  // The next event; null at a fault of the syntax.
  const yaml_event_t* next() {
    yaml_event_delete(&event_);
    if (yaml_parser_parse(&parser_, &event_)) return &event_;
    if (parser_.error == YAML_MEMORY_ERROR) throw std::bad_alloc();
    return nullptr;
  }
  std::size_t begin() { return byte_of(event_.start_mark); }

  std::string problem() const { return parser_.problem ? parser_.problem : "a fault"; }
  std::string context() const { return parser_.context ? parser_.context : ""; }
  std::size_t problem_at() {
    if (parser_.error == YAML_READER_ERROR) return std::min(parser_.problem_offset, text_.size());
    return byte_of(parser_.problem_mark);
  }
  std::size_t context_at() { return byte_of(parser_.context_mark); }
  // Where the scanner stands, and in how many brackets.
  std::size_t position() { return byte_of(parser_.mark); }
  int brackets() const { return parser_.flow_level; }

 private:
  std::size_t byte_of(const yaml_mark_t& mark) {
    if (ascii_) return std::min(mark.index, text_.size());
    if (mark.index < characters_) characters_ = bytes_ = 0;
    for (; characters_ < mark.index && bytes_ < text_.size(); ++characters_) {
      ++bytes_;
      while (bytes_ < text_.size() && utf8::continuation(text_[bytes_])) ++bytes_;
    }
    return bytes_;
  }

  const std::string& text_;
  yaml_parser_t parser_{};
  yaml_event_t event_{};
  bool ascii_ = true;
  std::size_t characters_ = 0, bytes_ = 0;  // the mark that was asked for last
};

struct Fault {
  std::string problem, context;
  std::size_t at = 0, begin = 0;
};

void add_syntax_error(const Fault& fault, const Text& text, const Builder& builder,
                      Errors& errors) {
  const bool open = !builder.open().empty();
  const Frame* const frame = open ? &builder.open().back() : nullptr;
  const bool flow = frame && text.size() > frame->begin && [&] {
    const std::size_t bracket = text.text().find_first_of("[{\n", frame->begin);
    return bracket != std::string::npos && text.text()[bracket] != '\n';
  }();
  std::string what = explain_syntax(
      {fault.problem, fault.context, text.text(), fault.at, frame ? frame->node->kind : Kind::null,
       frame ? frame->node->position : Position{}, flow, builder.open().size()});
  if (fault.at >= text.size()) what += ", found the end of the text";
  errors.add(text.at(fault.at), builder.path(), what);
}

// As much text is read again, in all, for colons that libyaml does not take.
constexpr const char* ask_for_blank = "put a blank behind this ':', or quotes around the text";
constexpr std::size_t most_read_again = std::size_t{8} << 20;

// A ':' before a bracket or a comma ends a word in PyYAML; libyaml refuses it there. With a blank
// behind it both read the same. Gives the places for blanks behind the colon at `at`, which is in
// so many brackets, and behind all others of its kind up to where the last of them closes.
std::vector<std::size_t> places_for_blanks(std::string_view text, std::size_t at, int brackets) {
  std::vector<std::size_t> places;
  const auto is = [&](std::size_t i, std::string_view any) {
    return i < text.size() && any.find(text[i]) != std::string_view::npos;
  };
  bool begins = false;  // whether a value may begin here: only there quotes are quotes
  for (std::size_t i = at; i < text.size() && brackets > 0; ++i) {
    const char c = text[i];
    if (is(i, " \n\t")) continue;
    const bool apart = i == 0 || is(i - 1, " \n\t");
    if (c == '#' && apart) {
      i = std::min(text.find('\n', i), text.size());
    } else if ((c == '"' || c == '\'') && begins) {
      for (++i; i < text.size() && text[i] != c; ++i)
        if (c == '"' && text[i] == '\\') ++i;
      begins = false;
    } else if (is(i, "[{,")) {
      brackets += c != ',';
      begins = true;
    } else if (is(i, "]}")) {
      --brackets;
      begins = false;
    } else if (c == ':' && is(i + 1, ",[]{}")) {
      // Behind a bracket or quotes libyaml takes it, and so it does with a blank.
      places.push_back(i + 1);
      begins = true;
    } else {
      // "? " and ": " as well as the tags and anchors before a value let it begin behind them.
      begins = ((c == ':' || c == '?') && is(i + 1, " \n\t")) || (begins && is(i, "!&"));
      if (begins && is(i, "!&"))
        while (i + 1 < text.size() && !is(i + 1, " \n\t,[]{}")) ++i;
    }
  }
  return places;
}

// Reads the one document of `text`. Nothing, or where blanks are needed for it to be read.
std::vector<std::size_t> read_document(const Text& text, Builder& builder, Errors& errors) {
  Parser parser(text.text());
  bool ended = false;
  for (;;) {
    const yaml_event_t* const event = parser.next();
    if (!event) {
      const Fault fault{parser.problem(), parser.context(), parser.problem_at(),
                        parser.context_at()};
      if (fault.problem == "found unexpected ':'") {
        auto places = places_for_blanks(text.text(), parser.position(), parser.brackets());
        if (!places.empty() && places.front() == parser.position() + 1) return places;
        errors.add(text.at(parser.position()), builder.path(), ask_for_blank);
        throw Stop{};
      }
      add_syntax_error(fault, text, builder, errors);
      throw Stop{};
    }
    if (event->type == YAML_STREAM_END_EVENT) return {};
    if (event->type == YAML_DOCUMENT_END_EVENT) {
      builder.take(*event, parser.begin());
      ended = true;
    } else if (ended && event->type != YAML_DOCUMENT_START_EVENT) {
      errors.add(text.at(parser.begin()), "",
                 "found more behind the end of the first value; allowed: one (several jobs are a "
                 "list)");
      return {};
    } else {
      builder.take(*event, parser.begin());
    }
  }
}

}  // namespace

NodePtr build(const Text& written, const Limits& limits, Errors& errors, const std::string& path) {
  Text text = written;
  for (std::size_t read = 0;;) {
    Errors found = errors;
    Builder builder(text, limits, found, path);
    NodePtr root;
    try {
      const std::vector<std::size_t> blanks = read_document(text, builder, found);
      if (!blanks.empty() && (read += blanks.front()) < most_read_again) {
        text = text.with_blanks(blanks);
        continue;
      }
      if (!blanks.empty()) found.add(text.at(blanks.front() - 1), builder.path(), ask_for_blank);
      root = blanks.empty() ? builder.root() : nullptr;
      // An empty text is no document, which YAML reads as null.
      if (blanks.empty() && !root) {
        root = std::make_shared<Node>();
        root->position = text.at(0);
      }
    } catch (const Stop&) {
    }
    errors = std::move(found);
    return root;
  }
}

}  // namespace ansatz::yaml
