#include <ansatz/registry/value.hpp>
#include <dsl/in_quotes.hpp>

#include "loader.hpp"
#include "numpy.hpp"
#include "spaces.hpp"

#include <ansatz/base/seed.hpp>
#include <ansatz/base/shown.hpp>
#include <ansatz/job/initialization.hpp>
#include <ansatz/job/train.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/registry/call.hpp>
#include <ansatz/yaml/scalar.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ansatz {

bool Value::is_null() const { return yaml::is_null(*place_.node); }
bool Value::is_object() const {
  return !yaml::object_name(*place_.node).empty() || yaml::is_pickle(*place_.node);
}

std::vector<Value> Value::items() const {
  std::vector<Value> list;
  if (!loader_->count_values(place_, place_->children.size())) return list;
  for (yaml::Place& each : place_.children()) list.emplace_back(std::move(each), *loader_);
  return list;
}

std::vector<std::string> Value::keys() const {
  std::vector<std::string> list;
  for (const std::string_view key : place_->keys()) list.emplace_back(key);
  return list;
}

void Value::error(std::string what) const { loader_->errors.add(place_, std::move(what)); }

void Value::refuse(std::string_view allowed) const {
  error(fmt::format("found {}; allowed: {}", yaml::describe(*place_.node), allowed));
}

void Value::refuse_kind(const char* wanted) const {
  const ClassInfo* info = registry().find(yaml::object_name(*place_.node));
  error(fmt::format("found {}{}{}; a {} is needed here", yaml::describe(*place_.node),
                    info ? ", which is a " : "", info ? info->kind : "", wanted));
}

std::optional<std::string> Value::scalar() const {
  if (place_->kind != yaml::Kind::scalar || is_object()) return {};
  return std::string(place_->text);
}

std::optional<bool> Value::boolean() const { return yaml::as_bool(place_, loader_->errors); }

std::optional<std::int64_t> Value::integer(std::int64_t least, std::int64_t most) const {
  if (is_object()) {
    const NumberObject* const x = computed();
    if (!x) return {};
    if (!x->known) return std::max<std::int64_t>(least, 1);
    if (std::isfinite(x->value)) {
      double ranged = x->value;
      loader_->require_range(place_, ranged);
      if (ranged != x->value) return static_cast<std::int64_t>(ranged);
    }
    // Not before it is known to fit: what the conversion of another number gives is not defined.
    const bool fits = x->value >= static_cast<double>(least) &&
                      x->value <= static_cast<double>(most) && std::abs(x->value) < 0x1p63;
    if (fits && std::trunc(x->value) == x->value) return static_cast<std::int64_t>(x->value);
    error(fmt::format("{} is {}; a whole number from {} to {} is needed",
                      yaml::describe(*place_.node), x->value, least, most));
    return {};
  }
  const std::optional<std::int64_t> found = yaml::as_int(place_, loader_->errors);
  if (!found) return found;
  double ranged = static_cast<double>(*found);
  loader_->require_range(place_, ranged);
  if (ranged != static_cast<double>(*found)) return static_cast<std::int64_t>(ranged);
  if (*found >= least && *found <= most) return found;
  refuse(fmt::format("whole numbers from {} to {}", least, most));
  return {};
}

const NumberObject* Value::computed() const {
  const Shared<Object> found = object("number");
  if (!found) return nullptr;
  // The loader keeps it for as long as the file is read.
  if (const auto* const n = dynamic_cast<const NumberObject*>(found.get())) return n;
  refuse_kind("number");
  return nullptr;
}

std::optional<double> Value::number() const {
  std::optional<double> found;
  if (is_object()) {
    const NumberObject* const x = computed();
    if (!x) return {};
    if (!x->known) return .5;
    found = x->value;
  } else {
    found = yaml::as_float(place_, loader_->errors);
  }
  if (found) loader_->require_range(place_, *found);
  return found;
}

std::optional<std::string> Value::text() const {
  if (const std::string_view name = yaml::import_name(*place_.node); !name.empty())
    return std::string(name);
  const auto text =
      !loader_->rules.path    ? yaml::as_string(place_, loader_->environment, loader_->errors)
      : loader_->rules.output ? yaml::as_path(place_, loader_->environment, loader_->errors)
                              : loader_->input_path(place_);
  if (!text || !names_well(*text)) return {};
  return loader_->rules.path ? loader_->read_path(place_, *text) : text;
}

bool Value::names_well(const std::string& key) const {
  constexpr std::size_t longest = 4095;  // of a path, too
  if (key.size() <= longest && is_plain(key)) return true;
  error(fmt::format("found {}; allowed: {}", in_quotes(key),
                    key.size() > longest ? fmt::format("text of at most {} bytes", longest)
                                         : "text without line ends and control characters"));
  return false;
}

Shared<Object> Value::object(const char* kind) const {
  if (is_object()) return loader_->make(*this);
  const char* const article = std::string_view("aeiou").find(*kind) < 5 ? "an" : "a";
  const std::string_view name = yaml::import_name(*place_.node);
  if (registry().find(name))
    refuse(fmt::format("{} {}, written as !obj:{} {{…}}", article, kind, name));
  else if (is_list() && std::string_view(kind) == Cost::kind_name)
    refuse("a cost; several are !obj:SumOfCosts { costs: [ … ] }");
  else if (is_mapping())
    refuse(fmt::format("{} {}, written as !obj:CLASS {{…}}; the class in front of {{ is missing",
                       article, kind));
  else
    refuse(fmt::format("{} {}, written as !obj:CLASS {{…}}", article, kind));
  return nullptr;
}

bool read_value(const Value& from, bool& to) {
  const auto found = from.boolean();
  if (found) to = *found;
  return found.has_value();
}
bool read_value(const Value& from, int& to) {
  const auto found = from.integer();
  if (found) to = static_cast<int>(*found);
  return found.has_value();
}
bool read_value(const Value& from, double& to) {
  const auto found = from.number();
  if (found) to = *found;
  return found.has_value();
}
bool read_value(const Value& from, String& to) {
  const auto found = from.text();
  if (found) to = String(*found);
  return found.has_value();
}
bool read_value(const Value& from, Sources& to) {
  to = {};
  if (!from.is_list()) return read_value(from, to.name);
  bool good = true;
  for (const Value& item : from.items()) {
    to.parts.push_back({});
    good = read_value(item, to.parts.back()) && good;
  }
  if (to.parts.empty()) {
    from.refuse("a source, or a list of them");
    return false;
  }
  return good;
}
bool read_value(const Value& from, DataSpecs& to) {
  const std::vector<Value> parts = from.items();
  if (!from.is_list() || parts.size() != 2) {
    from.refuse("[space, source], such as [!obj:pylearn2.space.CompositeSpace {…}, [left, right]]");
    return false;
  }
  return read_value(parts[0], to.space) && read_value(parts[1], to.source);
}
bool read_value(const Value& from, Size<any>& to) {
  int n = 0;
  if (!read_value(from, n)) return false;
  to = Size<any>(n);
  return true;
}

bool read_value(const Value& from, SpaceInfo& to) {
  const auto found = from.object_of<SpaceObject>();
  if (found) to = found->space();
  return static_cast<bool>(found);
}

bool read_value(const Value& from, Seed& to) {
  to = {};
  constexpr std::int64_t most = 4294967295;
  if (from.is_object()) {
    const Shared<GeneratorObject> generator = from.object_of<GeneratorObject>();
    if (!generator) return false;
    if (generator->used())
      from.loader().errors.warn(from.place(),
                                "this generator has been used before; here each use starts anew "
                                "from its seed, where Python would go on drawing");
    to = generator->generator_seed();
    return true;
  }
  if (!from.is_list()) {
    const auto n = from.integer(0, most);
    if (n) to.numbers.push_back(static_cast<unsigned>(*n));
    return n.has_value();
  }
  to.list = true;
  bool good = true;
  for (const Value& each : from.items()) {
    const auto n = each.integer(0, most);
    if (n) to.numbers.push_back(static_cast<unsigned>(*n));
    good = good && n;
  }
  if (good && to.empty()) {
    from.refuse("a whole number, or a list of at least one");
    return false;
  }
  return good;
}

bool read_value(const Value& from, Numbers& to) {
  if (!from.is_list()) {
    const auto x = from.number();
    if (x) to = Numbers(*x);
    return x.has_value();
  }
  to = {};
  bool good = true;
  for (const Value& each : from.items()) {
    const auto x = each.number();
    if (x) to.list.push_back(*x);
    good = good && x;
  }
  return good;
}

bool read_value(const Value& from, MonitoringDatasets& to) {
  to = {};
  if (from.is_null()) return true;
  if (!from.is_mapping()) {
    const Shared<Dataset> only = from.object_of<Dataset>();
    if (only) to.list.push_back({"", only});
    return static_cast<bool>(only);
  }
  bool good = true;
  const std::vector<std::string> names = from.keys();
  const std::vector<Value> values = from.items();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Shared<Dataset> each = values[i].object_of<Dataset>();
    if (values[i].names_well(names[i]) && each)
      to.list.push_back({String(names[i]), each});
    else
      good = false;
  }
  if (values.empty()) {
    from.refuse("a data set, or a mapping of names to data sets with at least one");
    return false;
  }
  return good;
}

bool read_value(const Value& from, ir::List<NamedCost>& to) {
  to = {};
  if (from.is_null()) return true;
  if (!from.is_mapping()) {
    from.refuse("a mapping of names to costs");
    return false;
  }
  bool good = true;
  const std::vector<std::string> names = from.keys();
  const std::vector<Value> values = from.items();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Shared<Cost> each = values[i].object_of<Cost>();
    if (values[i].names_well(names[i]) && each)
      to.push_back({String(names[i]), each});
    else
      good = false;
  }
  return good;
}

bool read_value(const Value& from, Shared<Layer>& to) {
  if (from.is_null()) {
    from.refuse("a layer, written as !obj:CLASS {…}");
    return false;
  }
  const Shared<Object> found = from.object(Layer::kind_name);
  if (!found) return false;
  if (auto* const layer = dynamic_cast<Layer*>(found.get())) {
    to = Shared<Layer>(layer);
    return true;
  }
  if (auto* const mlp = dynamic_cast<MLPBase*>(found.get())) {
    if (mlp->layer_name.empty() && from.loader().hollow(mlp)) return false;
    if (mlp->layer_name.empty()) {
      from.error("an MLP that is a layer of another needs a layer_name");
      return false;
    }
    to = Shared<Layer>(NestedMLP(Shared<MLPBase>(mlp)));
    return true;
  }
  from.refuse_kind(Layer::kind_name);
  return false;
}

}  // namespace ansatz
