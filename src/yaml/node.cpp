#include <ansatz/yaml/node.hpp>
#include <ansatz/yaml/scalar.hpp>
#include <dsl/in_quotes.hpp>

#include "path.hpp"

#include <fmt/format.h>

#include <unordered_map>

namespace ansatz::yaml {

// One by one: mappings of jobs have few keys, and keep their order.
const Child* Node::find(std::string_view key) const {
  if (kind != Kind::mapping) return nullptr;
  for (const Child& child : children)
    if (child.key == key) return &child;
  return nullptr;
}

std::vector<std::string_view> Node::keys() const {
  std::vector<std::string_view> out;
  if (kind != Kind::mapping) return out;
  for (const Child& child : children) out.push_back(child.key);
  return out;
}

std::string_view object_name(const Node& node) {
  const std::string_view tag = node.tag;
  return tag.starts_with("!obj:") ? tag.substr(5) : std::string_view();
}

std::string_view import_name(const Node& node) {
  const std::string_view tag = node.tag;
  if (tag == "!import") return node.text;
  return tag.starts_with("!import:") ? tag.substr(8) : std::string_view();
}

bool is_pickle(const Node& node) { return node.tag == "!pkl:"; }

std::string describe(const Node& node) {
  if (node.tag.starts_with("!obj:") || node.tag.starts_with("!import")) {
    const bool named = node.tag == "!import";
    return named ? "!import " + in_quotes(node.text) : in_quotes(node.tag);
  }
  if (is_pickle(node)) return "!pkl: " + in_quotes(node.text);
  switch (node.kind) {
    case Kind::null:
      return "nothing (null)";
    case Kind::sequence:
      return fmt::format("a list of {}", node.children.size());
    case Kind::mapping:
      return fmt::format("a mapping of {} keys", node.children.size());
    case Kind::scalar:
      break;
  }
  const bool tagged = !node.tag.empty();
  switch (type_of(node)) {
    case Type::null:
      return "nothing (null)";
    case Type::boolean:
      return "the truth value " + in_quotes(node.text);
    case Type::integer:
      return "the integer " + in_quotes(node.text);
    case Type::real:
      return "the number " + in_quotes(node.text);
    case Type::text:
      break;
  }
  const bool looks_otherwise = !tagged && type_of(node.text) != Type::text;
  return "the text " + in_quotes(node.text) +
         (node.quoted && looks_otherwise ? " (in quotes)" : "");
}

namespace {

struct Comparison {
  std::unordered_map<const Node*, const Node*> of_a, of_b;

  bool operator()(const Node& a, const Node& b) {
    const auto [known_a, new_a] = of_a.emplace(&a, &b);
    const auto [known_b, new_b] = of_b.emplace(&b, &a);
    if (!new_a || !new_b) return known_a->second == &b && known_b->second == &a;
    if (a.kind != b.kind || a.tag != b.tag || a.text != b.text ||
        a.children.size() != b.children.size())
      return false;
    if (a.kind == Kind::scalar && type_of(a) != type_of(b)) return false;
    for (std::size_t i = 0; i < a.children.size(); ++i) {
      const Child& x = a.children[i];
      const Child& y = b.children[i];
      if (x.key != y.key || !(*this)(*x.node, *y.node)) return false;
    }
    return true;
  }
};

}  // namespace

bool same(const Node& a, const Node& b) { return Comparison{}(a, b); }

Place::Place(NodePtr root) : node(std::move(root)) {
  if (node) position = node->position;
}

Place::Place(const Place& parent, std::size_t child) {
  const Child& at = parent.node->children.at(child);
  node = at.node;
  position = at.position;
  key_position = at.key_position;
  path = parent.node->kind == Kind::mapping ? path::with_key(parent.path, at.key)
                                            : path::with_index(parent.path, child);
}

std::optional<Place> Place::find(std::string_view key) const {
  const Child* child = node->find(key);
  if (!child) return std::nullopt;
  return Place(*this, static_cast<std::size_t>(child - node->children.data()));
}

std::vector<Place> Place::children() const {
  std::vector<Place> out;
  for (std::size_t i = 0; i < node->children.size(); ++i) out.emplace_back(*this, i);
  return out;
}

std::vector<Place> jobs(const NodePtr& root) {
  if (!root) return {};
  const Place place(root);
  if (root->kind == Kind::sequence && root->tag.empty()) return place.children();
  return {place};
}

}  // namespace ansatz::yaml
