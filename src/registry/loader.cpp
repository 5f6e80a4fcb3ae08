#include "loader.hpp"

#include "numpy.hpp"

#include <ansatz/files/held_folder.hpp>

#include <ansatz/base/key_faults.hpp>
#include <ansatz/data/sets/saved_dataset.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/layer.hpp>
#include <ansatz/registry/call.hpp>
#include <ansatz/session/loaded_model.hpp>
#include <ansatz/session/saved_preprocessor.hpp>
#include <ansatz/yaml/read.hpp>
#include <ansatz/yaml/scalar.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <utility>

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
  if (!same_class.empty()) {
    // Of several, the one whose module is most like it.
    std::vector<std::string_view> paths;
    for (const ClassInfo* each : same_class) paths.push_back(each->name());
    const std::string_view nearest = nearest_name(name, paths);
    text += fmt::format("; nearest: {}", nearest.empty() ? paths.front() : nearest);
  } else if (!near.empty())
    text += fmt::format("; nearest: {}", near);
  else
    text += "; `ansatz list` names the classes there are";
  return text;
}

bool has_size(const ClassInfo& info) {
  return info.kind == Layer::kind_name || info.kind == Model::kind_name;
}

// Whether a name stands in a text as a word.
bool mentions(std::string_view text, std::string_view name) {
  const auto part_of_word = [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  for (std::size_t at = text.find(name); at != text.npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || !part_of_word(text[at - 1])) &&
        (end == text.size() || !part_of_word(text[end])))
      return true;
  }
  return false;
}

// Which of the keys a text names.
KeyNames mentioned(std::string_view text, const std::vector<Field>& fields) {
  KeyNames names;
  for (const Field& field : fields)
    if (mentions(text, field.name)) names.insert(field.name);
  return names;
}

bool overlap(const KeyNames& a, const KeyNames& b) {
  return std::any_of(a.begin(), a.end(), [&](std::string_view each) { return b.contains(each); });
}

}  // namespace

Loader::Draft::Draft(const ClassInfo& of) : info(of), object(of.make()) {
  info.fields(*object, fields);
}

bool Loader::follows(const Object* object, std::string_view fault) const {
  const auto found = hollow_.find(object);
  return found != hollow_.end() &&
         std::any_of(found->second.begin(), found->second.end(),
                     [&](std::string_view key) { return mentions(fault, key); });
}

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

std::optional<std::string> Loader::input_path(const yaml::Place& place) {
  if (!options.check_only) return yaml::as_path(place, environment, errors);
  yaml::Errors trial;
  auto path = yaml::as_path(place, environment, trial);
  if (path) return path;
  yaml::Environment lenient = environment;
  lenient.stored({});
  path = yaml::as_path(place, lenient, errors);
  if (path) errors.warn(place, trial.sorted().front().what);
  return path;
}

std::string Loader::read_path(const yaml::Place& place, const std::string& path) {
  std::string found = moved(path);
  if (!rules.output && !found.empty())
    inputs.emplace(serial::file_named(found), Input{place, found});
  return found;
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
  if (const auto found = made_.find(node); found != made_.end()) {
    hollows_ += !found->second || hollow(found->second.get());
    return found->second;
  }
  made_[node] = nullptr;
  const Shared<Object> made = yaml::is_pickle(*node) ? load_model(from) : make_object(from);
  made_[node] = made;
  hollows_ += !made || hollow(made.get());
  return made;
}

void Loader::require_range(const yaml::Place& at, double& number) {
  if (rules.holds(number)) return;
  errors.add(at, fmt::format("found {}; allowed: {}", number, rules.allowed()));
  hollows_ += rules.whole;
  for (const double legal : {1., .5, rules.least, rules.most})
    if (rules.holds(legal)) {
      number = legal;
      return;
    }
}

bool read_fields(const Value& from, const std::string& class_name,
                 const std::vector<Field>& fields) {
  return from.loader().read_keys(from, class_name, fields);
}

bool Loader::read_keys(const Value& from, const std::string& class_name,
                       const std::vector<Field>& fields) {
  return read_all(from, class_name, fields).good;
}

Loader::KeysRead Loader::read_all(const Value& from, const std::string& class_name,
                                  const std::vector<Field>& fields) {
  const yaml::Place& place = from.place();
  std::vector<std::string_view> known, missing;
  KeysRead found;
  const auto fault = [&](const Field& field) {
    found.good = false;
    found.hollow = true;
    found.bad.insert(field.name);
    // An object that the class needs is looked into by all its methods.
    if (field.required && field.object) found.whole = false;
  };
  for (const Field& field : fields) {
    known.push_back(field.name);
    if ((!field.required && !place->lost) || place->find(field.name)) continue;
    if (!place->lost) missing.push_back(field.name);
    fault(field);
  }
  for (const std::string_view key : place->keys()) {
    const auto field = std::find_if(fields.begin(), fields.end(),
                                    [&](const Field& each) { return key == each.name; });
    const Value value(*place.find(key), *this);
    if (field == fields.end()) {
      errors.add_unknown_key(place, key, known);
      look_into(value);
      found.good = false;
      found.hollow = true;
      if (const auto near = nearest_name(key, known); !near.empty()) found.bad.insert(near);
      continue;
    }
    if (value.is_null()) {
      if (!field->required && !value.place()->lost) continue;
      value.refuse(field->type() + "; the key is needed");
      fault(*field);
      continue;
    }
    const int before = errors.size(), hollow_before = hollows_;
    const KeyRules outer = std::exchange(rules, field->rules);
    const bool read = field->read(value, field->at);
    rules = outer;
    if (!read) fault(*field);
    if (errors.size() != before && value.place()->kind == yaml::Kind::scalar)
      told_.insert(value.place().path);
    found.good = found.good && errors.size() == before;
    found.hollow = found.hollow || hollows_ != hollow_before;
    if (errors.size() != before || hollows_ != hollow_before) found.bad.insert(field->name);
  }
  if (!missing.empty())
    errors.add(place, fmt::format("{} did not get {}: {}", class_name,
                                  missing.size() == 1 ? "a key it needs" : "keys it needs",
                                  listed(missing)));
  return found;
}

void Loader::look_into(const Value& value) {
  if (value.is_object()) {
    (void)make(value);
    return;
  }
  for (const Value& each : value.items()) look_into(each);
}

yaml::Place Loader::fault_place(const yaml::Place& object, const std::string& class_name,
                                std::string_view what) const {
  const std::string begin = class_name + ": ";
  if (!what.starts_with(begin)) return object;
  what.remove_prefix(begin.size());
  const std::string_view first = what.substr(0, what.find_first_of(" :,"));
  return object.find(first).value_or(object);
}

yaml::Place Loader::part_place(yaml::Place object, std::string_view path) {
  while (!path.empty()) {
    const std::size_t end = std::min(path.find_first_of(".[]"), path.size());
    const std::string_view part = path.substr(0, end);
    if (object->kind == yaml::Kind::sequence) {
      std::size_t index = object->children.size();
      std::from_chars(part.data(), part.data() + part.size(), index);
      if (index >= object->children.size()) break;
      object = yaml::Place(object, index);
    } else if (const auto found = object.find(part)) {
      object = *found;
    } else {
      break;
    }
    path.remove_prefix(std::min(path.find_first_not_of(".[]", end), path.size()));
  }
  return object;
}

void Loader::add_error(const Object* of, const yaml::Place& otherwise, const std::string& what) {
  const yaml::Place* const place = place_of(of);
  if (!place) return errors.add(otherwise, what);
  const ClassInfo* const info = registry().find(yaml::object_name(*place->node));
  add_unless_told(info ? fault_place(*place, info->short_name(), what) : *place, what);
}

std::map<const Object*, std::string> Loader::object_places() const {
  std::map<const Object*, std::string> places;
  for (const auto& [object, place] : places_)
    places[object] = fmt::format("{}: {}", place.position.text(), place.path);
  return places;
}

Shared<Object> Loader::checked(const yaml::Place& place, Draft& draft, const Draft& fresh,
                               KeyNames& bad) {
  Shared<Object> object = draft.finished();
  const ClassInfo& info = draft.info;
  if (!info.check) return object;
  Shared<Object> whole;  // before keys were left out of whose parts some are at fault
  for (;;) {
    KeyNames named, left_out;
    // Beside keys that are at fault, only what is said of others is sure.
    const auto sure = [&](std::string_view what) {
      named = mentioned(what, draft.fields);
      return bad.empty() || (!named.empty() && !overlap(named, bad));
    };
    try {
      info.check(*object);
      break;
    } catch (const KeyFaults& faults) {
      if (!whole) whole = object;
      for (const KeyFaults::Fault& each : faults.all) {
        if (sure(fmt::format("{}: {}", each.key, each.what)))
          add_unless_told(part_place(place, each.key), each.what);
        left_out.merge(named);
      }
    } catch (const Error& error) {
      const yaml::Place at = fault_place(place, info.short_name(), error.what());
      std::string_view fault;
      for (const yaml::Child& each : place->children)
        if (each.node == at.node) fault = each.key;
      if (sure(error.what())) {
        add_unless_told(at, error.what());
        for (const Field& field : draft.fields)
          if (fault == field.name) left_out.insert(field.name);
      }
      if (left_out.empty()) left_out = named;
    }
    // What stands behind it is found once the key is left out.
    bool anew = false;
    for (std::size_t i = 0; i < draft.fields.size(); ++i) {
      const Field& field = draft.fields[i];
      if (!left_out.contains(field.name) || !bad.insert(field.name).second) continue;
      if (field.required && field.object) return whole ? whole : object;
      field.copy(fresh.fields[i].at, field.at);
      anew = true;
    }
    if (!anew) break;
    object = draft.finished();
  }
  return whole ? whole : object;
}

Shared<Object> Loader::make_object(const Value& from) {
  const yaml::Place& place = from.place();
  const std::string name(yaml::object_name(*place.node));
  const ClassInfo* const info = registry().find(name);
  if (!info) {
    errors.add(place, unknown_class(name));
    for (const Value& each : from.items()) look_into(each);
    return nullptr;
  }
  if (!info->make) {
    errors.add(place, fmt::format("{} is abstract: {}", name, info->doc));
    for (const Value& each : from.items()) look_into(each);
    return nullptr;
  }
  Draft draft(*info);
  const Draft fresh(*info);
  const KeysRead keys = read_all(from, info->short_name(), draft.fields);
  // Of a job file, what is there of a job is looked at all the same.
  const bool job = options.fill && dynamic_cast<const TrainObject*>(draft.object.get());
  if (!keys.whole && !job) return nullptr;
  Shared<Object> object;
  const int before = errors.size();
  KeyNames bad = keys.bad;
  try {
    object = checked(place, draft, fresh, bad);
    if (auto* const array = dynamic_cast<ArrayObject*>(object.get()); array && keys.good)
      array->set_number(arrays_++);
  } catch (const Error& error) {
    // What is said of a key that is not there would not be the file's fault.
    if (keys.bad.empty())
      errors.add(fault_place(place, info->short_name(), error.what()), error.what());
    return nullptr;
  }
  if (!object) return nullptr;
  check_relations(draft.fields, fresh.fields, place, bad, *this);
  const bool sound = !keys.hollow && errors.size() == before;
  // Of a data set, a space or an array others ask at once what they are.
  if (!(sound && keys.good) && !info->outlives_faults) return nullptr;
  // Of these no others take a size.
  if (!sound && (keys.hollow || has_size(*info))) hollow_[object.get()] = bad;
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

std::string Loader::pickle_path(const yaml::Node& pickle) const {
  yaml::Place text;
  text.node = std::make_shared<yaml::Node>(pickle);
  text.node->tag.clear();
  yaml::Errors told_elsewhere;
  return moved(yaml::as_path(text, environment, told_elsewhere).value_or(""));
}

// Error where a model file is read inside itself, or too many inside one another.
bool Loader::may_enter(const Value& from, const std::string& path) {
  constexpr std::size_t most = 32;
  const auto& inside = options.inside;
  if (std::find(inside.begin(), inside.end(), file_id(path)) != inside.end()) {
    errors.add(from.place(), fmt::format("the model file '{}' has itself as its model", path));
    return false;
  }
  if (inside.size() < most) return true;
  errors.add(from.place(), fmt::format("the model file '{}' is inside {} others", path, most));
  return false;
}

// A data set or a preprocessor, as `ansatz preprocess` saves them.
Shared<Object> Loader::load_saved(const Value& from, const std::string& path,
                                  const std::string& kind) {
  inputs.emplace(serial::file_named(path), Input{from.place(), path});
  Shared<Object> loaded;
  if (kind == Dataset::kind_name) {
    loaded = Shared<Dataset>(SavedDataset(path.c_str()));
  } else {
    SavedPreprocessor saved = read_preprocessor(path);
    LoadOptions inner;
    inner.check_only = options.check_only;
    inner.fill = false;
    inner.inside = options.inside;
    inner.inside.push_back(file_id(path));
    const Shared<Object> described = load_object(path, saved.yaml, inner);
    auto* const preprocessor = dynamic_cast<Preprocessor*>(described.get());
    if (!preprocessor) {
      errors.add(from.place(), fmt::format("'{}' does not hold a preprocessor", path));
      return nullptr;
    }
    loaded = Shared<Object>(static_cast<Object*>(
        new FittedPreprocessor(Shared<Preprocessor>(preprocessor), std::move(saved.learned))));
    (void)static_cast<const FittedPreprocessor*>(loaded.get())->start();
  }
  places_[loaded.get()] = from.place();
  return loaded;
}

Shared<Object> Loader::load_model(const Value& from) {
  yaml::Place text = from.place();
  text.node = std::make_shared<yaml::Node>(*text.node);
  text.node->tag.clear();
  const auto written = input_path(text);
  if (!written) return nullptr;
  const std::string path = moved(*written);
  const auto saved = saved_models.find(serial::file_named(path));
  if (saved != saved_models.end()) return saved->second;
  if (std::error_code error; !std::filesystem::exists(path, error)) {
    const std::string what =
        error ? fmt::format("the model file '{}' cannot be read: {}", path, error.message())
              : fmt::format(
                    "the model file '{}' does not exist; train the job that saves it, or "
                    "give its path",
                    path);
    if (options.check_only)
      errors.warn(from.place(), what);
    else
      errors.add(from.place(), what);
    return nullptr;
  }
  if (!may_enter(from, path)) return nullptr;
  try {
    if (const std::string kind = saved_kind(path); !kind.empty())
      return load_saved(from, path, kind);
    auto file = std::make_shared<ModelFile>(read_model_file(path));
    inputs.emplace(serial::file_named(path), Input{from.place(), path, file.get()});
    if (file->model_yaml.empty()) {
      errors.add(from.place(), fmt::format("'{}' does not say what model it holds", path));
      return nullptr;
    }
    LoadOptions inner;
    inner.check_only = options.check_only;
    inner.fill = false;
    inner.stored_variables = file->variables;
    inner.inside = options.inside;
    inner.inside.push_back(file_id(path));
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
