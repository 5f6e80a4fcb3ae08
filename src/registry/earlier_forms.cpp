#include "earlier_forms.hpp"

#include <ansatz/registry/registry.hpp>

#include <fmt/format.h>

#include <set>
#include <utility>

namespace ansatz {

namespace {

constexpr std::string_view object_tag = "!obj:";

struct Renamed {
  std::string_view from, to;
};

// Where classes were before they came to stand where they do.
constexpr Renamed classes[] = {
    {"pylearn2.scripts.train.Train", "pylearn2.train.Train"},
    {"pylearn2.training_algorithms.sgd.ExhaustiveSGD", "pylearn2.training_algorithms.sgd.SGD"},
    {"pylearn2.training_algorithms.sgd.EpochCounter", "pylearn2.termination_criteria.EpochCounter"},
    {"pylearn2.training_algorithms.sgd.MonitorBasedTermCrit",
     "pylearn2.termination_criteria.MonitorBased"},
    {"pylearn2.training_algorithms.sgd.MomentumAdjustor",
     "pylearn2.training_algorithms.learning_rule.MomentumAdjustor"},
};

// Modules that moved with all that is in them.
constexpr Renamed modules[] = {
    {"pylearn2.autoencoder.", "pylearn2.models.autoencoder."},
    {"pylearn2.kmeans.", "pylearn2.models.kmeans."},
    {"pylearn2.rbm.", "pylearn2.models.rbm."},
    {"pylearn2.models.gatedautoencoder.", "pylearn2.models.gated_autoencoder."},
    {"pylearn2.costs.gatedautoencoder.", "pylearn2.costs.gated_autoencoder."},
};

// A key that is now another, or a key of an object that stands behind another; without that other,
// one that means nothing any more.
struct RenamedKey {
  std::string_view of, from, to, wrapped_in;
};
constexpr RenamedKey keys[] = {
    {"pylearn2.train.Train", "callbacks", "extensions", ""},
    {"pylearn2.training_algorithms.sgd.SGD", "init_momentum", "learning_rule",
     "pylearn2.training_algorithms.learning_rule.Momentum"},
    {"pylearn2.costs.cost.MethodCost", "supervised", "", ""},
};

// Pylearn2's function that makes a tuple of a list, which a job file cannot write; here a list will
// do. The text of `list_` takes its place.
constexpr std::string_view to_a_list = "pylearn2.sandbox.nlp.models.as_tuple";

void unwrap(yaml::Node& node) {
  if (node.children.size() != 1 || node.children[0].key != "list_") return;
  const yaml::NodePtr list = node.children[0].node;
  if (list->kind != yaml::Kind::sequence) return;
  node.kind = list->kind;
  node.tag = list->tag;
  node.children = list->children;
}

// "" where the name is today's, or nobody's.
std::string todays_name(std::string_view name) {
  if (registry().find(name)) return "";
  for (const Renamed& each : classes)
    if (name == each.from) return std::string(each.to);
  for (const Renamed& each : modules) {
    if (!name.starts_with(each.from)) continue;
    std::string moved = std::string(each.to) + std::string(name.substr(each.from.size()));
    if (registry().find(moved)) return moved;
  }
  return "";
}

class Update {
 public:
  explicit Update(yaml::Errors& errors) : errors_(errors) {}

  void node(const yaml::Place& place) {
    if (!seen_.insert(place.node.get()).second) return;
    if (yaml::object_name(*place.node) == to_a_list) unwrap(*place.node);
    if (const std::string name = todays_name(yaml::object_name(*place.node)); !name.empty())
      place.node->tag = std::string(object_tag) + name;
    keys_of(place);
    for (const yaml::Place& child : place.children()) node(child);
  }

 private:
  void keys_of(const yaml::Place& place) {
    const std::string_view name = yaml::object_name(*place.node);
    const ClassInfo* const info = name.empty() ? nullptr : registry().find(name);
    if (!info) return;
    for (const RenamedKey& rule : keys)
      if (info->name() == rule.of) key(place, rule);
  }

  void key(const yaml::Place& place, const RenamedKey& rule) {
    std::vector<yaml::Child>& children = place.node->children;
    for (std::size_t i = 0; i < children.size(); ++i) {
      if (children[i].key != rule.from) continue;
      if (!rule.to.empty() && place.node->find(rule.to)) return;
      yaml::Place at(place, i);
      at.position = at.key_position;
      if (rule.to.empty()) {
        errors_.warn(at, "a key of earlier versions of Pylearn2, which means nothing now");
        children.erase(children.begin() + static_cast<std::ptrdiff_t>(i));
        return;
      }
      errors_.warn(
          at, fmt::format("a key of earlier versions of Pylearn2; now it is {}{}", rule.to,
                          rule.wrapped_in.empty() ? ""
                                                  : fmt::format(": {}{} {{ {}: … }}", object_tag,
                                                                rule.wrapped_in, rule.from)));
      if (!rule.wrapped_in.empty()) wrap(children[i], rule);
      children[i].key = rule.to;
      return;
    }
  }

  static void wrap(yaml::Child& child, const RenamedKey& rule) {
    auto object = std::make_shared<yaml::Node>();
    object->kind = yaml::Kind::mapping;
    object->tag = std::string(object_tag) + std::string(rule.wrapped_in);
    object->position = child.key_position;
    object->children.push_back(child);
    child.node = std::move(object);
    child.position = child.key_position;
    child.alias = false;
  }

  yaml::Errors& errors_;
  std::set<const yaml::Node*> seen_;
};

}  // namespace

void bring_up_to_date(const yaml::NodePtr& root, yaml::Errors& errors) {
  if (root) Update(errors).node(yaml::Place(root));
}

}  // namespace ansatz
