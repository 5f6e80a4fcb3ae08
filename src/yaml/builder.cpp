#include "builder.hpp"
#include <dsl/in_quotes.hpp>

#include "path.hpp"
#include "raw.hpp"

#include <dsl/nearest_name.hpp>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <unordered_map>

namespace ansatz::yaml {

namespace {

// Thrown through the parser when there is no use in going on; the error is in the list already.
struct Stop {};

// After so many, nobody reads on.
constexpr int most_errors = 1000;

bool blank(char c) { return c == ' ' || c == '\n' || c == '\t'; }

// A collection that is being read.
struct Frame {
  NodePtr node;
  std::size_t begin = 0;
  std::size_t anchor = 0;
  bool flow = false;        // in brackets
  std::size_t key = 0;      // where the key begins that has been read
  bool value_next = false;  // in a mapping: a key has been read
  Child pending;            // that key
  bool drop = false;        // the key is at fault, its value goes nowhere
  bool merge = false;       // the key is <<
  int height = 0;           // of the tree below, through aliases
  std::unordered_map<std::string, Position> seen;
  std::vector<NodePtr> merged;
};

class Builder : public YAML::EventHandler {
 public:
  /// @param lost  where aliases stood that name no anchor, and `~` stands now
  Builder(const Text& text, const Limits& limits, Errors& errors, const std::string& path,
          const std::vector<Position>& lost)
      : text_(text), limits_(limits), errors_(errors), base_(path), lost_(lost) {}

  NodePtr root() const { return root_; }
  /// Where blanks make more text of the scalar that was read last, when `at` could not follow it:
  /// yaml-cpp takes the anchor or tag before it for the beginning of a key, and lines of plain
  /// text or of a block that stand no further right for something else. Empty: it is not that.
  std::vector<std::size_t> blanks_for_lines(std::size_t at) const {
    const std::string& text = text_.text();
    // yaml-cpp looks ahead, to where it knows whether this is a key.
    if (const auto item = raw::item_above(text, at))
      return raw::blanks_for_lines(text, item->content, at, item->column);
    if (!last_scalar_ || (!frames_.empty() && frames_.back().flow)) return {};
    std::optional<std::size_t> outer;
    if (!frames_.empty()) outer = raw::column(text, frames_.back().begin);
    return raw::blanks_for_lines(text, *last_scalar_, at, outer);
  }
  const std::vector<Frame>& open() const { return frames_; }
  const std::vector<std::string>& anchor_names() const { return names_; }
  /// How many brackets are open.
  int brackets() const {
    int open = 0;
    for (const Frame& frame : frames_) {
      const std::size_t at = raw::content(text_.text(), frame.begin);
      open += at < text_.size() && (text_.text()[at] == '[' || text_.text()[at] == '{');
    }
    return std::max(open, 1);
  }

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

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
    if (name.find_first_not_of(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") !=
        std::string::npos)
      errors_.add(place_of(mark), path(),
                  fmt::format("found the anchor {}; allowed: letters, digits, - and _ in its name",
                              in_quotes("&" + name)));
    const auto [known, is_new] = anchor_positions_.emplace(name, place_of(mark));
    if (!is_new)
      errors_.add(place_of(mark), path(),
                  fmt::format("found the anchor &{} a second time; the first is in line {}", name,
                              known->second.line()));
    names_.push_back(name);
    anchor_name_ = name;
  }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    // At the very end of a text, yaml-cpp forgets the tag of an empty node.
    const std::size_t at = begin_of(mark);
    std::string tag = tag_text(at);
    if (tag.starts_with("!!")) tag = "tag:yaml.org,2002:" + tag.substr(2);
    if (!frames_.empty()) check_null(frames_.back(), at);
    if (awaits_key()) frames_.back().key = at;
    const NodePtr node = make(mark, tag, tag.empty() ? Kind::null : Kind::scalar);
    node->lost = is_lost(node->position);
    finish(node, anchor, 0);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const std::size_t at = begin_of(mark);
    const NodePtr node = make(mark, tag, Kind::scalar);
    if (tag != "?" && tag != "!" && value.empty()) node->quoted = node->quoted && belongs(at);
    node->text = value;
    if (node->quoted) as_pyyaml(*node, raw::content(text_.text(), at));
    if (awaits_key()) frames_.back().key = at;
    finish(node, anchor, 0);
    last_scalar_ = at;
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const Position at = place_of(mark);
    if (anchor >= anchored_.size() || !anchored_[anchor].node) {
      const std::string name = anchor - 1 < names_.size() ? names_[anchor - 1] : "";
      errors_.add(at, path(),
                  fmt::format("found *{0} inside of &{0}; allowed: an anchor that does not contain "
                              "itself",
                              name));
      const NodePtr node = make(mark, "", Kind::null);
      node->lost = true;
      put(node, at, true, 0);
      return;
    }
    put(anchored_[anchor].node, at, true, anchored_[anchor].height);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    push(make(mark, tag, Kind::sequence), begin_of(mark), anchor, style);
  }
  void OnSequenceEnd() override { pop(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    push(make(mark, tag, Kind::mapping), begin_of(mark), anchor, style);
  }
  void OnMapEnd() override {
    if (!frames_.back().merged.empty()) merge(frames_.back());
    pop();
  }

  std::size_t begin_of(const YAML::Mark& mark) const {
    return mark.pos < 0 ? text_.size() : std::min<std::size_t>(mark.pos, text_.size());
  }
  Position place_of(const YAML::Mark& mark) const { return text_.at(begin_of(mark)); }

 private:
  struct Anchored {
    NodePtr node;
    int height = 0;
  };

  bool is_lost(const Position& at) const {
    return std::any_of(lost_.begin(), lost_.end(), [&](const Position& each) {
      return each.offset == at.offset && each.source == at.source;
    });
  }

  // Where the tag of the node that begins at `at` stands; nowhere if it has none in front of its
  // content.
  std::optional<std::size_t> tag_at(std::size_t at) const {
    const std::string& text = text_.text();
    if (at < text.size() && text[at] == '&') {
      while (at < text.size() && !blank(text[at])) ++at;
      while (at < text.size() && blank(text[at])) ++at;
    }
    if (at < text.size() && text[at] == '!') return at;
    return std::nullopt;
  }

  std::string tag_text(std::size_t at) const {
    const auto begin = tag_at(at);
    if (!begin) return {};
    std::size_t end = *begin;
    while (end < text_.size() && !blank(text_.text()[end])) ++end;
    return text_.text().substr(*begin, end - *begin);
  }

  NodePtr make(const YAML::Mark& mark, const std::string& tag, Kind kind) {
    count(begin_of(mark));
    auto node = std::make_shared<Node>();
    node->kind = kind;
    // yaml-cpp's marks of a plain node, and of one in quotes or tagged by "!" alone.
    if (tag != "?" && tag != "!") node->tag = tag;
    node->quoted = tag == "!";
    std::size_t at = begin_of(mark);
    if (!node->tag.empty()) at = tag_at(at).value_or(at);
    // A tag hides whether quotes follow it.
    if (kind == Kind::scalar && !node->tag.empty()) node->quoted = raw::quotes_at(text_.text(), at);
    node->position = text_.at(at);
    node->anchor = std::move(anchor_name_);
    anchor_name_.clear();
    return node;
  }

  // The column of the innermost collection that is not in brackets; its items stand at it, what
  // is in them further right. Nowhere where brackets are open, or nothing is.
  std::optional<std::size_t> indentation() const {
    if (frames_.empty() || frames_.back().flow) return std::nullopt;
    return raw::column(text_.text(), frames_.back().begin);
  }

  // Whether the quotes behind the tag at `at` are those of its node, which is empty, and not the
  // next node's.
  bool belongs(std::size_t at) const {
    const std::string& text = text_.text();
    const std::size_t quotes = raw::content(text, at);
    if (text.find('\n', at) >= quotes) return true;
    const auto indented = indentation();
    return !indented || raw::column(text, quotes) > *indented;
  }

  // What yaml-cpp makes otherwise of text in quotes, and of > with a +.
  void as_pyyaml(Node& node, std::size_t content) {
    const std::string& text = text_.text();
    if (content >= text.size()) return;
    if (text[content] == '"') node.text = raw::with_escapes(node.text);
    if (text[content] == '"' || text[content] == '\'') {
      const auto end = raw::quotes_end(text, content);
      if (!end) errors_.add(text_.at(content), path(), "text in quotes has no end");
      if (end) raw::keep_empty_lines(node.text, text.substr(content + 1, *end - content - 2));
      return;
    }
    const std::size_t signs = text.find_first_not_of("+-0123456789", content + 1);
    if (signs != std::string::npos && text[signs] == '#')
      errors_.add(text_.at(signs), path(),
                  explain_syntax("unexpected character in block scalar", Kind::null, {}));
    if (text[content] == '>') raw::keep_newlines(node.text, text, content, indentation());
  }

  // yaml-cpp takes for null what is missing between two commas, and a line without a ':' for a key.
  void check_null(const Frame& frame, std::size_t at) {
    const std::string& text = text_.text();
    const bool list = frame.node->kind == Kind::sequence;
    if (frame.flow && list && at < text.size() && text[at] == ',')
      errors_.add(text_.at(at), path(), "no value stands before this comma");
    if (!frame.flow && !list && frame.value_next && !frame.drop && !raw::has_colon(text, frame.key))
      errors_.add(text_.at(frame.key), path(),
                  explain_syntax("end of map not found", Kind::mapping, frame.node->position));
  }

  void count(std::size_t at) {
    if (errors_.size() > most_errors) throw Stop{};
    if (++nodes_ <= limits_.nodes) return;
    errors_.add(text_.at(at), path(),
                fmt::format("more than {} values; that is too much", limits_.nodes));
    throw Stop{};
  }

  void push(const NodePtr& node, std::size_t begin, YAML::anchor_t anchor,
            YAML::EmitterStyle::value style) {
    last_scalar_.reset();
    check_depth(node->position, 1);
    if (anchor && anchored_.size() <= anchor) anchored_.resize(anchor + 1);
    Frame frame;
    frame.node = node;
    frame.begin = begin;
    frame.anchor = anchor;
    frame.flow = style == YAML::EmitterStyle::Flow;
    frames_.push_back(std::move(frame));
  }

  void pop() {
    last_scalar_.reset();
    const Frame frame = std::move(frames_.back());
    frames_.pop_back();
    finish(frame.node, frame.anchor, frame.height);
  }

  void finish(const NodePtr& node, YAML::anchor_t anchor, int height) {
    if (anchor) {
      if (anchored_.size() <= anchor) anchored_.resize(anchor + 1);
      anchored_[anchor] = {node, height};
    }
    if (!node->tag.empty() && !awaits_key()) check_tag(*node, path(), errors_);
    put(node, node->position, false, height);
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
    if (node.lost) {
      frame.drop = frame.node->lost = true;
      return;
    }
    const std::size_t word = raw::content(text_.text(), frame.key);
    if (node.kind == Kind::null && word < text_.size() &&
        std::string_view("~nN").find(text_.text()[word]) != std::string_view::npos)
      return refuse(
          fmt::format("found {} as a key, which is nothing; allowed: a word or a number; "
                      "in quotes it is a word",
                      text_.text().substr(word, text_.text()[word] == '~' ? 1 : 4)));
    if (node.kind == Kind::null) return refuse("found a value without a key before its ':'");
    if (node.kind != Kind::scalar)
      return refuse(fmt::format("found {} as a key; allowed: a word or a number", describe(node)));
    if (!node.tag.empty() && node.tag != "tag:yaml.org,2002:str")
      return refuse(fmt::format("found the tag {} on a key; allowed: a word or a number",
                                in_quotes(node.tag)));
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
    if (node->lost) frame.node->lost = true;
    if (node->lost && node->kind == Kind::null) return;
    bool good = node->kind == Kind::mapping;
    if (good) frame.merged.push_back(node);
    if (node->kind == Kind::sequence) {
      good = true;
      for (const Child& item : node->children) {
        if (item.node->lost) frame.node->lost = true;
        if (item.node->lost && item.node->kind == Kind::null) continue;
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
  const std::vector<Position>& lost_;
  NodePtr root_;
  std::vector<Frame> frames_;
  std::vector<Anchored> anchored_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, Position> anchor_positions_;
  std::string anchor_name_;
  std::optional<std::size_t> last_scalar_;  // where the event before began, its tag or anchor
  int nodes_ = 0;
};

// Where a further document begins; nowhere if there is none.
std::optional<std::size_t> next_document(YAML::Parser& parser, const Builder& builder) {
  struct : YAML::EventHandler {
    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { throw mark; }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { throw mark; }
    void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  const std::string&) override {
      throw mark;
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                         YAML::EmitterStyle::value) override {
      throw mark;
    }
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                    YAML::EmitterStyle::value) override {
      throw mark;
    }
    void OnMapEnd() override {}
  } first_event;
  try {
    parser.HandleNextDocument(first_event);
  } catch (const YAML::Mark& mark) {
    return builder.begin_of(mark);
  }
  return std::nullopt;
}

// The name behind the '*' at `at`.
std::string alias_name(const std::string& text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && !blank(text[end]) &&
         std::string_view(",[]{}").find(text[end]) == std::string_view::npos)
    ++end;
  return text.substr(at, end - at);
}

bool is_unknown_alias(const YAML::Exception& error) {
  return error.msg.starts_with("the referenced anchor");
}

void add_unknown_alias(std::size_t at, const Text& text, const Builder& builder, Errors& errors) {
  const std::string name = alias_name(text.text(), at);
  const auto& names = builder.anchor_names();
  const std::vector<std::string_view> known(names.begin(), names.end());
  errors.add(
      text.at(at), builder.path(),
      fmt::format("found {}, but no such anchor before it{}", in_quotes(name),
                  allowed_names(std::string_view(name).substr(name.empty() ? 0 : 1), known)));
}

void add_syntax_error(const YAML::Exception& error, const Text& text, const Builder& builder,
                      Errors& errors) {
  const std::size_t at = builder.begin_of(error.mark);
  const bool open = !builder.open().empty();
  std::string what = explain_syntax(error.msg, open ? builder.open().back().node->kind : Kind::null,
                                    open ? builder.open().back().node->position : Position{});
  if (at >= text.size()) what += ", found the end of the text";
  errors.add(text.at(at), builder.path(), what);
}

// So many aliases of nothing are read over, each with a reading of its own.
constexpr std::size_t most_lost = 200;

// As much text is read again, in all, for colons that yaml-cpp does not take and aliases that name
// no anchor.
constexpr std::size_t most_read_again = std::size_t{8} << 20;
constexpr const char* ask_for_blank = "put a blank behind this ':', or quotes around the text";

// Thrown where an alias stands that names no anchor.
struct UnknownAlias {
  std::size_t at;
};

// Reads the one document of `text`. Nothing, or where blanks are needed for it to be read: where
// yaml-cpp refuses a ':' before a bracket, which PyYAML takes, or further lines of a text with an
// anchor, unless more than `may_read` bytes stand before them.
std::vector<std::size_t> read_document(const Text& text, Builder& builder, Errors& errors,
                                       std::size_t may_read) {
  try {
    std::istringstream stream(text.text());
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) return {};
    if (const auto more = next_document(parser, builder)) {
      if (auto places = builder.blanks_for_lines(*more); !places.empty() && *more < may_read)
        return places;
      errors.add(text.at(*more), "",
                 "found more behind the end of the first value; allowed: one (several jobs are a "
                 "list)");
    }
  } catch (const YAML::Exception& error) {
    const std::size_t at = builder.begin_of(error.mark);
    const bool in_braces = error.msg.starts_with("end of map flow not found");
    const bool in_brackets = in_braces || error.msg.starts_with("end of sequence flow not found");
    if (in_braces && at < may_read)
      if (const auto key = raw::key_without_value(text.text(), at)) throw raw::LastKey(*key);
    if (in_brackets && at > 0) {
      auto places = raw::places_for_blanks(text.text(), at - 1, builder.brackets());
      if (!places.empty() && places.front() == at) return places;
      // It may also be told at the word before the ':', "costs :[".
      places = raw::places_for_blanks(text.text(), at, builder.brackets());
      if (!places.empty() && text.text().find_first_of(",[]{}\"'#", at) == places.front())
        return places;
    }
    if (auto places = builder.blanks_for_lines(at); !places.empty() && at < may_read) return places;
    if (is_unknown_alias(error)) throw UnknownAlias{at};
    add_syntax_error(error, text, builder, errors);
    throw Stop{};
  }
  return {};
}

}  // namespace

NodePtr build(const Text& written, const Limits& limits, Errors& errors, const std::string& path) {
  Text text = written;
  std::vector<Position> lost;
  for (std::size_t read = 0;;) {
    Errors found = errors;
    Builder builder(text, limits, found, path, lost);
    NodePtr root;
    try {
      if (const auto line = raw::after_directives(text.text())) {
        found.add(text.at(*line), "", "a line that begins with % needs a line --- behind it");
        throw Stop{};
      }
      const std::vector<std::size_t> blanks =
          read_document(text, builder, found, most_read_again - std::min(read, most_read_again));
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
    } catch (const UnknownAlias& alias) {
      // It is told now, and read on as if nothing stood there.
      add_unknown_alias(alias.at, text, builder, errors);
      if (lost.size() < most_lost && (read += alias.at + 1) < most_read_again) {
        lost.push_back(text.at(alias.at));
        text = text.replaced(alias.at, alias.at + alias_name(text.text(), alias.at).size(), "~ ");
        continue;
      }
      add_unknown_alias(alias.at, text, builder, found);
    } catch (const raw::LastKey& key) {
      read += key.at + 1;
      text = text.replaced(key.at, key.end, key.word + " :");
      continue;
    } catch (const Stop&) {
    }
    errors = std::move(found);
    return root;
  }
}

}  // namespace ansatz::yaml
