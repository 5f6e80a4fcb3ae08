#include "describe_value.hpp"

#include <ansatz/base/seed.hpp>
#include <ansatz/job/initialization.hpp>
#include <ansatz/job/train.hpp>
#include <ansatz/yaml/write.hpp>

#include <cxxabi.h>
#include <fmt/format.h>

#include <cctype>
#include <cmath>
#include <cstdlib>
#include <map>
#include <typeinfo>
#include <utility>

namespace ansatz {

namespace {

using yaml::Kind;
using yaml::NodePtr;

std::string c_plus_plus_name(const std::type_info& type) {
  int failed = 0;
  char* found = abi::__cxa_demangle(type.name(), nullptr, nullptr, &failed);
  std::string text = failed ? type.name() : found;
  std::free(found);
  // Owned<T> is T; what is no letter of a YAML tag becomes an underscore
  const std::string owned = "ansatz::Owned<";
  if (text.starts_with(owned)) text = text.substr(owned.size(), text.size() - owned.size() - 1);
  for (char& c : text)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '.') c = '_';
  return text;
}

// Makes the tree of nodes that stands for objects.
class Tree final : public Describer {
 public:
  NodePtr value_of(const Object* object) {
    if (!object) return node(Kind::null);
    NodePtr& made = made_[object];
    if (made) return made;
    made = node(Kind::mapping);
    const NodePtr mine = made;
    stack_.push_back(mine);
    const std::type_info* type = type_;
    type_ = &typeid(*object);
    object->describe(*this);
    if (mine->tag.empty()) class_name(nullptr);
    type_ = type;
    stack_.pop_back();
    return mine;
  }
  NodePtr value_of(Writer write, const void* value) { return written(write, value); }
  NodePtr value_of(const Train& job) {
    const NodePtr mine = node(Kind::mapping);
    stack_.push_back(mine);
    describe_keys(*this, job);
    stack_.pop_back();
    return mine;
  }

  void class_name(const char* path) override {
    stack_.back()->tag = "!obj:" + (path ? std::string(path) : c_plus_plus_name(*type_));
  }
  void field(const char* name, bool required, Writer write, const void* value,
             const void* by_default) override {
    const NodePtr now = written(write, value);
    if (!required && yaml::same(*now, *written(write, by_default))) return;
    add(*stack_.back(), name, now);
  }

  void null() override { put(node(Kind::null)); }
  void boolean(bool value) override { scalar(value ? "true" : "false"); }
  void integer(long long value) override { scalar(fmt::format("{}", value)); }
  void number(double value) override {
    if (std::isnan(value)) return scalar(".nan");
    if (std::isinf(value)) return scalar(value > 0 ? ".inf" : "-.inf");
    scalar(fmt::format("{}", value));
  }
  void text(std::string_view value) override { scalar(value, true); }
  void object(const Object* value) override {
    // Taken first: what is inside has keys of its own.
    const std::string name = std::exchange(key_, "");
    add(*stack_.back(), name, value_of(value));
  }
  void open_list() override { open(node(Kind::sequence)); }
  void open_mapping(const char* class_path) override {
    const NodePtr map = node(Kind::mapping);
    if (class_path) map->tag = std::string("!obj:") + class_path;
    open(map);
  }
  void key(std::string_view name) override { key_ = name; }
  void close() override { stack_.pop_back(); }

 private:
  static NodePtr node(Kind kind) {
    auto made = std::make_shared<yaml::Node>();
    made->kind = kind;
    return made;
  }
  static void add(yaml::Node& to, std::string_view name, const NodePtr& value) {
    yaml::Child child;
    child.node = value;
    child.key = name;
    to.children.push_back(std::move(child));
  }
  void scalar(std::string_view text, bool quoted = false) {
    const NodePtr made = node(Kind::scalar);
    made->text = text;
    made->quoted = quoted;
    put(made);
  }
  void put(const NodePtr& value) {
    const std::string name = std::exchange(key_, "");
    add(*stack_.back(), name, value);
  }
  void open(const NodePtr& value) {
    put(value);
    stack_.push_back(value);
  }
  // Into a list of its own, whose only item is the value.
  NodePtr written(Writer write, const void* value) {
    const NodePtr list = node(Kind::sequence);
    stack_.push_back(list);
    write(*this, value);
    stack_.pop_back();
    return list->children.empty() ? node(Kind::null) : list->children.front().node;
  }

  std::map<const Object*, NodePtr> made_;
  std::vector<NodePtr> stack_;
  std::string key_;
  const std::type_info* type_ = &typeid(Object);
};

void write_integers(Describer& to, const ir::Shape& shape) {
  to.open_list();
  for (int i = 0; i < shape.rank; ++i) to.integer(shape[i]);
  to.close();
}

}  // namespace

void write_value(Describer& to, const SpaceInfo& space) {
  switch (space.kind) {
    case SpaceKind::null:
      return to.null();
    case SpaceKind::vector:
      to.open_mapping("pylearn2.space.VectorSpace");
      to.key("dim");
      to.integer(space.total_dimension());
      break;
    case SpaceKind::index:
      to.open_mapping("pylearn2.space.IndexSpace");
      to.key("max_labels");
      to.integer(space.labels);
      to.key("dim");
      to.integer(space.shape.rank ? space.shape[0] : 1);
      break;
    case SpaceKind::conv2d:
      to.open_mapping("pylearn2.space.Conv2DSpace");
      to.key("shape");
      write_integers(to, ir::make_shape(space.rows(), space.columns()));
      to.key("num_channels");
      to.integer(space.channels());
      if (space.axes == Axes::bc01) {
        to.key("axes");
        to.open_list();
        for (const char* axis : {"b", "c", "0", "1"}) {
          if (axis[0] > '9')
            to.text(axis);
          else
            to.integer(axis[0] - '0');
        }
        to.close();
      }
      break;
    case SpaceKind::composite:
      to.open_mapping("pylearn2.space.CompositeSpace");
      to.key("components");
      to.open_list();
      for (const SpaceInfo& each : space.components) write_value(to, each);
      to.close();
      break;
  }
  to.close();
}

void write_value(Describer& to, const Sources& sources) {
  if (!sources.several()) return to.text(sources.name.view());
  to.open_list();
  for (const Sources& each : sources.parts) write_value(to, each);
  to.close();
}

void write_value(Describer& to, const DataSpecs& specs) {
  to.open_list();
  write_value(to, specs.space);
  write_value(to, specs.source);
  to.close();
}

void write_value(Describer& to, const Seed& seed) {
  if (seed.empty()) return to.null();
  if (!seed.list) return to.integer(seed.numbers[0]);
  to.open_list();
  for (const unsigned n : seed.numbers) to.integer(n);
  to.close();
}

void write_value(Describer& to, const Numbers& numbers) {
  if (numbers.list.size() == 1) return to.number(numbers.list[0]);
  to.open_list();
  for (const double x : numbers.list) to.number(x);
  to.close();
}

void write_value(Describer& to, const ir::List<NamedCost>& costs) {
  if (costs.empty()) return to.null();
  to.open_mapping(nullptr);
  for (const NamedCost& each : costs) {
    to.key(each.name.view());
    to.object(each.cost.get());
  }
  to.close();
}

void write_value(Describer& to, const MonitoringDatasets& sets) {
  if (sets.list.empty()) return to.null();
  if (sets.list.size() == 1 && sets.list[0].name.empty())
    return to.object(sets.list[0].dataset.get());
  to.open_mapping(nullptr);
  for (const MonitoringDataset& each : sets.list) {
    to.key(each.name.view());
    to.object(each.dataset.get());
  }
  to.close();
}

namespace {

std::string flow(const yaml::Node& node) {
  const auto several = [&](const char* open, const char* close) {
    std::string text = open;
    for (const yaml::Child& child : node.children) {
      if (&child != &node.children.front()) text += ", ";
      if (!child.key.empty()) text += child.key + ": ";
      text += flow(*child.node);
    }
    return text + close;
  };
  switch (node.kind) {
    case Kind::null:
      return "null";
    case Kind::scalar:
      return node.quoted ? "'" + node.text + "'" : node.text;
    case Kind::sequence:
      return several("[", "]");
    case Kind::mapping:
      return (node.tag.empty() ? "" : node.tag + " ") + several("{", "}");
  }
  return "";
}

}  // namespace

std::string value_text(Describer::Writer write, const void* value) {
  Tree tree;
  return flow(*tree.value_of(write, value));
}

std::string to_yaml(const Object& object) {
  Tree tree;
  return yaml::to_yaml(*tree.value_of(&object));
}

std::string to_yaml(const Train& job) {
  Tree tree;
  return yaml::to_yaml(*tree.value_of(job));
}

}  // namespace ansatz
