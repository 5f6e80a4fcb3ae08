#include "loader.hpp"

#include "numpy.hpp"

#include <ansatz/data/dataset.hpp>
#include <ansatz/model/loaded_model.hpp>
#include <ansatz/nearest_name.hpp>
#include <ansatz/registry/call.hpp>
#include <ansatz/yaml/read.hpp>
#include <ansatz/yaml/scalar.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace ansatz {

namespace {

std::string listed(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names)
    text += fmt::format("{}{}", text.empty() ? "" : ", ", name);
  return text;
}

std::string unknown_class(std::string_view name) {
  if (const auto several = registry().named(name); several.size() > 1) {
    std::vector<std::string_view> names;
    for (const ClassInfo* each : several) names.push_back(each->name());
    return fmt::format("several classes are called '{}'; write one of: {}", name, listed(names));
  }
  const std::string_view near = nearest_name(name, registry().names());
  // The class may be known, and only its module be wrong.
  const std::size_t dot = name.rfind('.');
  const auto same_class =
      registry().named(name.substr(dot == std::string_view::npos ? 0 : dot + 1));
  std::string text = fmt::format("unknown class '{}'", name);
  if (!near.empty())
    text += fmt::format("; nearest: {}", near);
  else if (!same_class.empty())
    text += fmt::format("; nearest: {}", same_class.front()->name());
  else
    text += "; `ansatz list` names the classes there are";
  return text;
}

}  // namespace

const yaml::Place* Loader::place_of(const Object* object) const {
  const auto found = places_.find(object);
  return found == places_.end() ? nullptr : &found->second;
}

yaml::Place Loader::key_place(const Object* object, std::string_view key) const {
  const yaml::Place* const place = place_of(object);
  if (!place) return {};
  const auto value = place->find(key);
  return value ? *value : *place;
}

std::string Loader::moved(const std::string& path) const {
  for (const auto& [from, to] : options.data)
    if (path == from || std::filesystem::path(path).filename() == from) return to;
  return path;
}

bool Loader::count_values(const yaml::Place& at, std::size_t more) {
  constexpr std::size_t most = 1000000;
  values_ += more;
  if (values_ <= most) return true;
  if (!too_many_)
    errors.add(at, fmt::format("more than {} values, aliases counted as often as they stand for "
                               "one; a job needs fewer",
                               most));
  too_many_ = true;
  return false;
}

Shared<Object> Loader::make(const Value& from) {
  const yaml::Node* const node = from.place().node.get();
  if (const auto found = made_.find(node); found != made_.end()) return found->second;
  made_[node] = nullptr;
  const Shared<Object> made =
      yaml::is_pickle(*node) ? load_model(from) : make_object(from);
  made_[node] = made;
  return made;
}

bool Loader::read_keys(const Value& from, const std::string& class_name,
                       const std::vector<Field>& fields) {
  const yaml::Place& place = from.place();
  std::vector<std::string_view> known, missing;
  for (const Field& field : fields) {
    known.push_back(field.name);
    if (field.required && !place->find(field.name)) missing.push_back(field.name);
  }
  bool good = true;
  for (const std::string_view key : place->keys()) {
    const auto field = std::find_if(fields.begin(), fields.end(),
                                    [&](const Field& each) { return key == each.name; });
    if (field == fields.end()) {
      errors.add_unknown_key(place, key, known);
      good = false;
      continue;
    }
    const Value value(*place.find(key), *this);
    if (value.is_null()) {
      if (!field->required) continue;
      value.refuse(field->type() + "; the key is needed");
      good = false;
      continue;
    }
    const int before = errors.size();
    reading_path = is_path(key);
    const bool read = field->read(value, field->at);
    reading_path = false;
    if (!read) {
      good = false;
      continue;
    }
    if (errors.size() != before) continue;
    const std::optional<double> number = number_at(value.place());
    const std::string fault = number ? range_fault(class_name, key, *number) : "";
    if (fault.empty()) continue;
    errors.add(value.place(), fmt::format("found {}; allowed: {}", *number, fault));
    good = false;
  }
  if (!missing.empty()) {
    errors.add(place, fmt::format("{} did not get {}: {}", class_name,
                                  missing.size() == 1 ? "a key it needs" : "keys it needs",
                                  listed(missing)));
    good = false;
  }
  return good;
}

std::optional<double> Loader::number_at(const yaml::Place& place) const {
  if (const auto made = made_.find(place.node.get()); made != made_.end()) {
    const auto* const computed = dynamic_cast<const NumberObject*>(made->second.get());
    if (!computed || !computed->known) return {};
    return computed->value;
  }
  if (place->kind != yaml::Kind::scalar) return {};
  const yaml::Type type = yaml::type_of(*place.node);
  if (type != yaml::Type::integer && type != yaml::Type::real) return {};
  yaml::Errors none;
  return yaml::as_float(place, none);
}

yaml::Place Loader::fault_place(const yaml::Place& object, const std::string& class_name,
                                std::string_view what) const {
  const std::string begin = class_name + ": ";
  if (!what.starts_with(begin)) return object;
  what.remove_prefix(begin.size());
  const std::string_view first = what.substr(0, what.find_first_of(" :,"));
  return object.find(first).value_or(object);
}

void Loader::add_error(const Object* of, const yaml::Place& otherwise, const std::string& what) {
  const yaml::Place* const place = place_of(of);
  if (!place) return errors.add(otherwise, what);
  const ClassInfo* const info = registry().find(yaml::object_name(*place->node));
  errors.add(info ? fault_place(*place, info->short_name(), what) : *place, what);
}

std::map<const Object*, std::string> Loader::dataset_places() const {
  std::map<const Object*, std::string> places;
  for (const auto& [object, place] : places_)
    if (dynamic_cast<const Dataset*>(object))
      places[object] = fmt::format("{}: {}", place.position.text(), place.path);
  return places;
}

Shared<Object> Loader::make_object(const Value& from) {
  const yaml::Place& place = from.place();
  const std::string name(yaml::object_name(*place.node));
  const ClassInfo* const info = registry().find(name);
  if (!info) {
    errors.add(place, unknown_class(name));
    // What is inside may have errors of its own.
    for (const Value& each : from.items())
      if (each.is_object()) (void)make(each);
    return nullptr;
  }
  if (!info->make) {
    errors.add(place, fmt::format("{} is abstract: {}", name, info->doc));
    return nullptr;
  }
  const Shared<Object> draft = info->make();
  FieldList list;
  info->fields(*draft, list);
  if (!read_keys(from, info->short_name(), list.fields)) return nullptr;
  const Shared<Object> object = info->finish ? info->finish(*draft) : draft;
  if (auto* const array = dynamic_cast<ArrayObject*>(object.get())) array->set_number(arrays_++);
  try {
    if (info->check) info->check(*object);
  } catch (const Error& error) {
    errors.add(fault_place(place, info->short_name(), error.what()), error.what());
    return nullptr;
  }
  const int before = errors.size();
  check_object(*object, place, errors);
  if (errors.size() != before) return nullptr;
  if (const auto* const call = dynamic_cast<const Call*>(object.get())) {
    Shared<Object> result;
    try {
      result = call->result(from);
    } catch (const Error& error) {
      errors.add(place, error.what());
    }
    if (result && !places_.contains(result.get())) places_[result.get()] = place;
    return result;
  }
  places_[object.get()] = place;
  return object;
}

Shared<Object> Loader::load_model(const Value& from) {
  yaml::Place text = from.place();
  text.node = std::make_shared<yaml::Node>(*text.node);
  text.node->tag.clear();
  const auto written = yaml::as_path(text, environment, errors);
  if (!written) return nullptr;
  const std::string path = moved(*written);
  if (!std::filesystem::exists(path)) {
    const std::string what = fmt::format(
        "the model file '{}' does not exist; train the job that saves it, or give its path", path);
    if (options.check_only)
      errors.warn(from.place(), what);
    else
      errors.add(from.place(), what);
    return nullptr;
  }
  try {
    auto file = std::make_shared<ModelFile>(read_model_file(path));
    if (file->model_yaml.empty()) {
      errors.add(from.place(), fmt::format("'{}' does not say what model it holds", path));
      return nullptr;
    }
    LoadOptions inner;
    inner.check_only = options.check_only;
    inner.fill = false;
    const Shared<Object> described = load_object(path, file->model_yaml, inner);
    auto* const model = dynamic_cast<Model*>(described.get());
    if (!model) {
      errors.add(from.place(), fmt::format("'{}' does not hold a model", path));
      return nullptr;
    }
    const Shared<Object> loaded(
        static_cast<Object*>(new LoadedModel(Shared<Model>(model), std::move(file))));
    places_[loaded.get()] = from.place();
    return loaded;
  } catch (const Error& error) {
    errors.add(from.place(), error.what());
    return nullptr;
  }
}

}  // namespace ansatz
