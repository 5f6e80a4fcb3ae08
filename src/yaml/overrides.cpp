#include <ansatz/yaml/overrides.hpp>
#include <dsl/in_quotes.hpp>
#include <dsl/nearest_name.hpp>

#include "builder.hpp"
#include "number.hpp"
#include "path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace ansatz::yaml {

namespace {

// One part of "model.layers[0].dim".
struct Step {
  std::string key;
  std::optional<std::int64_t> index;  // [0]
};

// What stands between two brackets; nothing if it is neither a number nor a text in quotes.
std::optional<Step> bracketed(std::string_view inside) {
  const bool quotes = inside.size() >= 2 && inside.front() == inside.back() &&
                      (inside.front() == '"' || inside.front() == '\'');
  if (quotes) return Step{std::string(inside.substr(1, inside.size() - 2)), std::nullopt};
  if (!number::is_integer(inside)) return std::nullopt;
  const auto index = number::integer(inside);
  return index ? std::optional(Step{"", *index}) : std::nullopt;
}

struct Override {
  SourcePtr source;
  std::vector<Step> steps;
  std::size_t value = 0;  // where it begins in the source's text
};

bool parse(Override& out, Errors& errors) {
  const std::string_view text = out.source->text;
  std::size_t at = 0;
  const auto fail = [&](std::string_view what) {
    errors.add({out.source, at}, "",
               fmt::format("override {}: {}; allowed: path=value, as in "
                           "algorithm.learning_rate=.05 or model.layers[0].dim=100",
                           in_quotes(text), what));
    return false;
  };
  for (bool after_dot = true; at < text.size() && (text[at] != '=' || after_dot);) {
    if (text[at] == '[') {
      const char quote = at + 1 < text.size() ? text[at + 1] : '\0';
      const bool quotes = quote == '"' || quote == '\'';
      const std::size_t close = quotes ? text.find(quote, at + 2) : at;
      const std::size_t end = close == text.npos ? text.npos : text.find(']', close);
      if (end == text.npos) return fail("a '[' without ']'");
      const auto step = bracketed(text.substr(at + 1, end - at - 1));
      if (!step) return fail("brackets hold a number or a key in quotes");
      out.steps.push_back(*step);
      at = end + 1;
    } else {
      const std::size_t end = std::min(text.find_first_of(".[=", at), text.size());
      if (!after_dot || end == at) return fail("an empty or misplaced key");
      out.steps.push_back({std::string(text.substr(at, end - at)), std::nullopt});
      at = end;
    }
    after_dot = at < text.size() && text[at] == '.';
    if (after_dot && ++at == text.size()) return fail("an empty or misplaced key");
  }
  if (at >= text.size()) return fail("there is no '='");
  if (out.steps.empty()) return fail("there is no path");
  out.value = at + 1;
  return true;
}

// "MomentumAdjustor" of !obj:pylearn2.training_algorithms.learning_rule.MomentumAdjustor
std::string_view class_name(const Node& node) {
  const std::string_view name = object_name(node);
  const std::size_t dot = name.rfind('.');
  return dot == name.npos ? name : name.substr(dot + 1);
}

std::string_view layer_name(const Node& node) {
  const Child* name = node.find("layer_name");
  return name && name->node->kind == Kind::scalar ? std::string_view(name->node->text)
                                                  : std::string_view();
}

// The item of a list that a name stands for; `known` gets what the items can be called by.
Child* named_item(Node& list, const std::string& name, std::vector<std::string_view>& known) {
  Child* of_class = nullptr;
  int of_class_count = 0;
  for (Child& item : list.children) {
    if (const auto layer = layer_name(*item.node); !layer.empty()) {
      if (layer == name) return &item;
      known.push_back(layer);
    } else if (const auto type = class_name(*item.node); !type.empty()) {
      if (type == name) of_class = &item, ++of_class_count;
      known.push_back(type);
    }
  }
  return of_class_count == 1 ? of_class : nullptr;
}

class Application {
 public:
  Application(NodePtr& root, const Override& override, Errors& errors)
      : node_(root), override_(override), errors_(errors) {}

  void run() {
    const std::vector<Step>& steps = override_.steps;
    for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
      Child* const child = find(steps[i]);
      if (!child) return complain(steps[i]);
      enter(steps[i], *child);
    }
    Child* target = find(steps.back());
    const bool can_add = node_->kind == Kind::mapping && !steps.back().index;
    if (!target && !can_add) return complain(steps.back());
    const NodePtr value = read_value(steps.back());
    if (!value) return;
    if (!target) {
      Child added;
      added.key = steps.back().key;
      added.key_position = {override_.source, 0};
      added.node = value;
      added.position = value->position;
      node_->children.push_back(std::move(added));
    } else if (target->alias || apart_) {
      target->node = value;
      target->position = value->position;
      target->alias = false;
    } else {
      // The node itself changes, so that its aliases see the new value, too.
      std::string anchor = std::move(target->node->anchor);
      *target->node = *value;
      target->node->anchor = std::move(anchor);
      target->position = value->position;
    }
  }

 private:
  Child* find(const Step& step) {
    known_.clear();
    std::vector<Child>& children = node_->children;
    if (step.index) {
      if (node_->kind != Kind::sequence) return nullptr;
      const auto size = static_cast<std::int64_t>(children.size());
      const std::int64_t index = *step.index < 0 ? *step.index + size : *step.index;
      return index >= 0 && index < size ? &children[static_cast<std::size_t>(index)] : nullptr;
    }
    if (node_->kind == Kind::sequence) return named_item(*node_, step.key, known_);
    for (Child& child : children) {
      if (child.key == step.key) return &child;
      known_.push_back(child.key);
    }
    return nullptr;
  }

  void enter(const Step& step, Child& child) {
    path_ = extended(step);
    apart_ = apart_ || child.alias;
    if (apart_) {
      // The anchor and its other aliases keep what they have: from here on the nodes are others.
      child.node = std::make_shared<Node>(*child.node);
      child.node->anchor.clear();
      child.alias = false;
      for (Child& below : child.node->children) {
        const bool value = below.node->kind == Kind::scalar || below.node->kind == Kind::null;
        if (value && below.node->tag.empty())
          below.node = std::make_shared<Node>(*below.node);
        else
          below.alias = true;
      }
    }
    node_ = child.node;
  }

  std::string extended(const Step& step) const {
    return step.index ? fmt::format("{}[{}]", path_, *step.index) : path::with_key(path_, step.key);
  }

  // Of items that share their names, or have none, only the number tells them apart.
  std::string by_number() const {
    const std::size_t items = node_->children.size();
    const std::set<std::string_view> distinct(known_.begin(), known_.end());
    if (node_->kind != Kind::sequence || items == 0 || distinct.size() == items) return "";
    return fmt::format("; by number, [0] to [{}]", items - 1);
  }

  void complain(const Step& step) {
    const std::string here = path_.empty() ? "the file" : path_;
    std::string what;
    if (node_->kind != Kind::mapping && node_->kind != Kind::sequence) {
      what = fmt::format("{} is {}, which has no keys", here, describe(*node_));
    } else if (step.index && node_->kind == Kind::mapping) {
      what =
          fmt::format("{} is {}, which has keys and no [{}]", here, describe(*node_), *step.index);
    } else if (step.index) {
      what = fmt::format("{} is a list of {}, which has no [{}]", here, node_->children.size(),
                         *step.index);
    } else {
      const auto of_the_name = std::count(known_.begin(), known_.end(), step.key);
      what = of_the_name > 1
                 ? fmt::format("{} items of {} are called {}; say which by its number, as in {}[0]",
                               of_the_name, here, in_quotes(step.key), path_)
                 : fmt::format("there is no {} in {}{}{}", in_quotes(step.key), here,
                               allowed_names(step.key, known_), by_number());
    }
    errors_.add({override_.source, 0}, extended(step), std::move(what));
  }

  NodePtr read_value(const Step& last) {
    Text text;
    const std::size_t end = override_.source->text.size();
    if (override_.value == end) {
      text.append_filled("", override_.source, end);
    } else {
      text.append(override_.source, override_.value, end);
    }
    return build(text, Limits(), errors_, extended(last));
  }

  NodePtr node_;
  bool apart_ = false;  // whether the path went through an alias
  std::string path_;
  const Override& override_;
  Errors& errors_;
  std::vector<std::string_view> known_;
};

}  // namespace

void apply_overrides(NodePtr& root, const std::vector<std::string>& overrides, Errors& errors) {
  for (const std::string& text : overrides) {
    Override override;
    override.source = make_argument(text, errors);
    if (override.source && parse(override, errors)) Application(root, override, errors).run();
  }
}

}  // namespace ansatz::yaml
