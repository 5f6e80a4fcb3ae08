#include <ansatz/registry/registry.hpp>

#include "builtin.hpp"

#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

namespace {

std::string_view last_part(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

std::string place(const ClassInfo& info) { return fmt::format("{}:{}", info.file, info.line); }

// Modules of what one kind of model has alone. Such a class does not take the short name away from
// one that jobs have had by it: `Softmax` is the layer of an MLP, pylearn2.models.dbm.Softmax that
// of a Boltzmann machine.
bool is_special(std::string_view name) {
  for (const std::string_view module : {"pylearn2.models.dbm.", "pylearn2.costs.dbm."})
    if (name.starts_with(module)) return true;
  return false;
}

}  // namespace

std::string ClassInfo::short_name() const { return std::string(last_part(name())); }

void Registry::add(ClassInfo info) {
  for (const std::string& name : info.names) require_free(name, info);
  classes_.push_back(std::make_unique<ClassInfo>(std::move(info)));
  for (const std::string& name : classes_.back()->names) index(name);
}

void Registry::add_name(const char* name) {
  require_free(name, *classes_.back());
  classes_.back()->names.emplace_back(name);
  index(name);
}

void Registry::require_free(const std::string& name, const ClassInfo& of) const {
  if (const auto other = by_path_.find(name); other != by_path_.end())
    throw NameError(fmt::format("the class {} is registered twice: at {} and at {}", name,
                                place(*other->second), place(of)));
}

void Registry::index(const std::string& name) {
  const ClassInfo* const info = classes_.back().get();
  by_path_.emplace(name, info);
  Named& named = by_short_name_[std::string(last_part(name))];
  // Of several names of a class the first counts.
  for (const auto* const list : {&named.common, &named.special})
    if (!list->empty() && list->back() == info) return;
  (is_special(name) ? named.special : named.common).push_back(info);
}

std::vector<const ClassInfo*> Registry::named(std::string_view short_name) const {
  const auto found = by_short_name_.find(short_name);
  if (found == by_short_name_.end()) return {};
  return found->second.common.empty() ? found->second.special : found->second.common;
}

const ClassInfo* Registry::find(std::string_view name) const {
  if (const auto found = by_path_.find(name); found != by_path_.end()) return found->second;
  if (name.find('.') != std::string_view::npos) return nullptr;
  const auto found = named(name);
  return found.size() == 1 ? found.front() : nullptr;
}

std::vector<const ClassInfo*> Registry::all() const {
  std::vector<const ClassInfo*> list;
  for (const auto& each : classes_) list.push_back(each.get());
  std::sort(list.begin(), list.end(), [](const ClassInfo* a, const ClassInfo* b) {
    if (a->kind != b->kind) return a->kind < b->kind;
    if (a->short_name() != b->short_name()) return a->short_name() < b->short_name();
    return a->name() < b->name();
  });
  return list;
}

std::vector<std::string_view> Registry::names() const {
  std::vector<std::string_view> list;
  for (const auto& each : classes_)
    for (const std::string& name : each->names) {
      list.push_back(name);
      if (last_part(name) != name) list.push_back(last_part(name));
    }
  return list;
}

Registry& registry() {
  static Registry* const made = [] {
    auto* r = new Registry;
    add_jobs(*r);
    add_cross_validation(*r);
    add_library_classes(*r);
    return r;
  }();
  return *made;
}

void add_registration_fault(std::string what) { registry().add_fault(std::move(what)); }

bool register_class(ClassInfo info, const char* doc, const char* file, int line) {
  info.doc = doc;
  info.file = file;
  info.line = line;
  // Before `main` an exception would end the program without a word.
  try {
    registry().add(std::move(info));
    return true;
  } catch (const NameError& error) {
    registry().add_fault(error.what());
    return false;
  }
}

}  // namespace ansatz
