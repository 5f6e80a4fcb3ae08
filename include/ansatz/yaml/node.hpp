// What a YAML text says: a tree of nodes in which an alias is the same node as its anchor.
#pragma once

#include <ansatz/yaml/source.hpp>

#include <optional>
#include <vector>

namespace ansatz::yaml {

enum class Kind { null, scalar, sequence, mapping };

struct Node;
using NodePtr = std::shared_ptr<Node>;

/// A place below a node: an item of a sequence, or a key of a mapping with its value.
struct Child {
  /// Never null.
  NodePtr node;
  /// Of the alias where one stands here, else the node's own.
  Position position;
  bool alias = false;
  /// "" in a sequence.
  std::string key;
  bool key_quoted = false;
  Position key_position;
};

struct Node {
  /// null: nothing, `~` or `null` without quotes. A tag makes a scalar of it.
  Kind kind = Kind::null;
  /// "!obj:pylearn2.models.mlp.MLP", "!float", "tag:yaml.org,2002:str" for `!!str`, …; "" if none.
  std::string tag;
  /// The name behind `&`; "" if none.
  std::string anchor;
  /// Of a scalar. Not yet resolved: "${HOME}/x" and "1e-3" stand here as they were written.
  std::string text;
  /// In quotes, or a block of text: always a string, never a number.
  bool quoted = false;
  /// Something should stand here, or in this mapping, that the text does not have: that has been
  /// told, and what follows from it is no fault.
  bool lost = false;
  /// Of the tag where there is one.
  Position position;
  /// Of a sequence or mapping, in the order of the text. Keys are distinct.
  std::vector<Child> children;

  /// The child of that key; null if there is none, or if this is not a mapping.
  const Child* find(std::string_view key) const;
  std::vector<std::string_view> keys() const;
};

/// "pylearn2.models.mlp.MLP" of `!obj:pylearn2.models.mlp.MLP {…}`; "" for other nodes.
std::string_view object_name(const Node& node);
/// "numpy.tanh" of `!import:numpy.tanh` and `!import 'numpy.tanh'`; "" for other nodes.
std::string_view import_name(const Node& node);
/// `!pkl: "path"`; the path is the node's text.
bool is_pickle(const Node& node);
/// What stands there, in words: "the integer 5", "a list of 3", "!obj:pylearn2.train.Train".
std::string describe(const Node& node);

/// The same tree: kinds, tags, values, keys and their order, and what is shared with what.
/// Anchors may have other names.
bool same(const Node& a, const Node& b);

/// A node together with how it was reached, which is what an error names.
struct Place {
  NodePtr node;
  Position position;
  /// "model.layers[1].dim"; "" at the root.
  std::string path;
  /// Of the key where this is a mapping's value.
  Position key_position;

  Place() = default;
  explicit Place(NodePtr root);
  Place(const Place& parent, std::size_t child);

  const Node* operator->() const { return node.get(); }
  /// The value of a key; nothing if there is none.
  std::optional<Place> find(std::string_view key) const;
  /// Items of a sequence, or values of a mapping.
  std::vector<Place> children() const;
};

/// The jobs of a file: its items when it is a list, else the root.
std::vector<Place> jobs(const NodePtr& root);

}  // namespace ansatz::yaml
