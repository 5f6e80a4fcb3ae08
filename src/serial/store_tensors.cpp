#include <ansatz/serial/store_tensors.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include <fnmatch.h>

#include <ansatz/serial/model_file.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include "dsl/text.hpp"

namespace ansatz {

using running::type_name;

namespace {

std::vector<std::int64_t> shape_of(const Dims& dims) { return {dims.begin(), dims.end()}; }

Dims dims_of(const std::vector<std::int64_t>& shape) {
  Dims out;
  for (const std::int64_t n : shape) out.push_back(n);
  return out;
}

std::vector<std::string_view> names_in(const Store& store, StoreKind kind) {
  std::vector<std::string_view> out;
  for (int i = 0; i < store.size(); ++i)
    if (store.kind(store.name(i)) == kind) out.push_back(store.name(i));
  return out;
}

std::vector<std::string_view> names_of(const std::vector<NamedTensor>& tensors) {
  std::vector<std::string_view> out;
  for (const NamedTensor& t : tensors) out.push_back(t.name);
  return out;
}

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The names that others do not have: only these can be meant by an unknown one.
std::vector<std::string_view> without(std::vector<std::string_view> names,
                                      const std::vector<std::string_view>& others) {
  std::erase_if(names, [&](std::string_view name) { return contains(others, name); });
  return names;
}

std::string nearest_of(std::string_view name, const std::vector<std::string_view>& known) {
  const std::string_view nearest = nearest_name(name, known);
  return nearest.empty() ? "" : fmt::format("; nearest: '{}'", nearest);
}

bool same_shape(const Store& store, const NamedTensor& t) {
  std::vector<std::int64_t> wanted = shape_of(store.shape(t.name));
  if (store.resizable(t.name) && !wanted.empty() && !t.shape.empty()) wanted[0] = t.shape[0];
  return wanted == t.shape;
}

std::string other_shape(const Store& store, const NamedTensor& t) {
  return fmt::format("\n  '{}' has the shape {} in the file, {} in the model", t.name, t.shape,
                     shape_of(store.shape(t.name)));
}

bool is_float(ElementType type) {
  return type == ElementType::float32 || type == ElementType::float64;
}

/// Whether a finite double would become an infinite float.
bool overflows(ElementType type, const NamedTensor& t) {
  if (t.type != ElementType::float64 || type != ElementType::float32) return false;
  const double* values = t.data<double>();
  return std::any_of(values, values + t.size(), [](double x) {
    return std::isfinite(x) && !std::isfinite(static_cast<float>(x));
  });
}

template <class To, class From>
void convert(Store& store, const NamedTensor& t) {
  To* out = store.data<To>(t.name);
  const From* in = t.data<From>();
  for (std::int64_t i = 0; i < t.size(); ++i) out[i] = static_cast<To>(in[i]);
}

void take(Store& store, const NamedTensor& t) {
  if (store.resizable(t.name)) store.resize(t.name, t.shape[0]);
  const ElementType type = store.type(t.name);
  if (type == t.type)
    store.set(t.name, {t.bytes.data(), t.type, dims_of(t.shape), true});
  else if (type == ElementType::float32)
    convert<float, double>(store, t);
  else
    convert<double, float>(store, t);
}

}  // namespace

std::vector<NamedTensor> stored_tensors(const Store& store, StoreKind kind) {
  std::vector<NamedTensor> out;
  for (const std::string_view name : names_in(store, kind)) {
    const ElementType type = store.type(name);
    const void* values = type == ElementType::float32
                             ? static_cast<const void*>(store.data<float>(name))
                             : store.data<double>(name);
    out.emplace_back(std::string(name), type, shape_of(store.shape(name)), values);
  }
  return out;
}

void restore_tensors(Store& store, StoreKind kind, const std::vector<NamedTensor>& tensors,
                     const std::string& path) {
  const std::vector<std::string_view> here = names_in(store, kind), there = names_of(tensors);
  const std::vector<std::string_view> missing = without(here, there), extra = without(there, here);
  std::string wrong;
  for (const std::string_view name : missing)
    wrong += fmt::format("\n  '{}' is missing in the file{}", name, nearest_of(name, extra));
  for (const std::string_view name : extra)
    wrong += fmt::format("\n  '{}' is unknown to the model{}", name, nearest_of(name, missing));
  for (const NamedTensor& t : tensors) {
    if (contains(extra, t.name)) continue;
    if (!same_shape(store, t)) wrong += other_shape(store, t);
    if (store.type(t.name) != t.type)
      wrong += fmt::format("\n  '{}' holds {} in the file, {} in the model", t.name,
                           type_name(t.type), type_name(store.type(t.name)));
  }
  if (!wrong.empty())
    throw FileError(fmt::format("{}: its {} are not those of the model:{}", path,
                                kind == StoreKind::parameter ? "parameters" : "states", wrong));
  for (const NamedTensor& t : tensors) take(store, t);
}

namespace {

// Finds for each parameter the tensor whose values it takes.
class Choosing {
 public:
  Choosing(const InitChoice& choice, const std::vector<NamedTensor>& tensors)
      : choice_(choice), tensors_(tensors) {}

  const NamedTensor* tensor_of(const std::string& name, InitReport& report) const {
    const std::string here = full(choice_.paths_here, name);
    const bool asked = matches(choice_.include, name, here);
    if ((!choice_.include.empty() && !asked) || matches(choice_.exclude, name, here))
      return report.left_out.push_back(name), nullptr;
    const NamedTensor* of_name = nullptr;
    const NamedTensor* of_path = nullptr;
    for (const NamedTensor& t : tensors_) {
      if (t.name == name) of_name = &t;
      if (choice_.knows_paths_there && full(choice_.paths_there, t.name) == here) of_path = &t;
    }
    if (of_path) return of_path;
    if (!of_name) return report.kept.push_back(name), nullptr;
    if (here != name && !choice_.knows_paths_there) report.of_unknown_layer.push_back(name);
    if (!choice_.knows_paths_there || asked) return of_name;
    return report.of_other_layer.push_back(name), nullptr;
  }
  void require_matches(const std::vector<std::string_view>& names) const {
    for (const auto* list : {&choice_.include, &choice_.exclude})
      for (const std::string& pattern : *list) {
        const bool found = std::any_of(names.begin(), names.end(), [&](std::string_view name) {
          return matches({pattern}, std::string(name), full(choice_.paths_here, std::string(name)));
        });
        const auto& states = choice_.states;
        const bool of_state = std::any_of(
            states.begin(), states.end(),
            [&](const InitState& state) { return matches({pattern}, state.name, state.name); });
        if (!found && !of_state)
          throw InitPatternError(
              list == &choice_.include ? "init_from_include" : "init_from_exclude", pattern,
              fmt::format("no parameter has a name like '{}'{}", pattern,
                          allowed_names(pattern, names)));
      }
  }

  /// Of state, which has no path.
  bool takes_state(const std::string& name) const {
    return (choice_.include.empty() || matches(choice_.include, name, name)) &&
           !matches(choice_.exclude, name, name);
  }

 private:
  static std::string full(const std::map<std::string, std::string>& paths,
                          const std::string& name) {
    const auto found = paths.find(name);
    return found == paths.end() ? name : found->second;
  }
  static bool matches(const std::vector<std::string>& patterns, const std::string& name,
                      const std::string& path) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
      return fnmatch(pattern.c_str(), name.c_str(), 0) == 0 ||
             fnmatch(pattern.c_str(), path.c_str(), 0) == 0;
    });
  }

  const InitChoice& choice_;
  const std::vector<NamedTensor>& tensors_;
};

}  // namespace

namespace {

// Why the tensor cannot be taken for what it is here; "" where it can.
std::string why_not_taken(const InitParameter& here, const NamedTensor& found, bool any_rows) {
  std::vector<std::int64_t> shape = here.shape;
  if (any_rows && !shape.empty() && !found.shape.empty()) shape[0] = found.shape[0];
  if (shape != found.shape)
    return fmt::format("\n  '{}' has the shape {} in the file, {} in the model", here.name,
                       found.shape, here.shape);
  if (!is_float(found.type))
    return fmt::format("\n  '{}' holds {} in the file, where numbers with a point belong",
                       here.name, type_name(found.type));
  if (overflows(here.type, found))
    return fmt::format("\n  '{}' has numbers in the file that float cannot hold", here.name);
  return "";
}

// State is found by its name alone.
std::string choose_states(const InitChoice& choice, const Choosing& choosing, InitReport& report) {
  std::string wrong;
  for (const InitState& state : choice.states) {
    if (!choosing.takes_state(state.name)) continue;
    const auto& there = choice.states_there;
    const auto found = std::find_if(there.begin(), there.end(), [&](const NamedTensor& each) {
      return each.name == state.name;
    });
    if (found == there.end()) {
      report.kept_states.push_back(state.name);
      continue;
    }
    wrong += why_not_taken(state, *found, state.any_rows);
    report.states.push_back(*found);
  }
  return wrong;
}

}  // namespace

InitReport choose_parameters(const std::vector<InitParameter>& parameters,
                             const std::vector<NamedTensor>& all, const std::string& path,
                             const InitChoice& choice, std::vector<NamedTensor>* chosen) {
  std::vector<std::string_view> here;
  for (const InitParameter& p : parameters) here.push_back(p.name);
  const std::vector<std::string_view> there = names_of(all);
  InitReport report;
  std::string wrong;
  const Choosing choosing(choice, all);
  choosing.require_matches(here);
  std::vector<std::string_view> used;
  for (const InitParameter& p : parameters) {
    const NamedTensor* const found = choosing.tensor_of(p.name, report);
    if (!found) continue;
    report.taken.emplace_back(p.name);
    used.push_back(found->name);
    wrong += why_not_taken(p, *found, false);
    if (!chosen) continue;
    chosen->push_back(*found);
    chosen->back().name = p.name;
  }
  for (const std::string_view name : there)
    if (!contains(used, name)) report.unused.emplace_back(name);
  wrong += choose_states(choice, choosing, report);
  if (!wrong.empty())
    throw FileError(fmt::format("{}: it cannot give the model its parameters:{}", path, wrong));
  if (report.taken.empty() && report.kept.size() == here.size())
    throw FileError(fmt::format("{}: it has no parameter of the model; there: {}; here: {}", path,
                                fmt::join(there, ", "), fmt::join(here, ", ")));
  return report;
}

InitReport init_parameters(Store& store, const std::vector<NamedTensor>& all,
                           const std::string& path, const InitChoice& choice) {
  std::vector<InitParameter> parameters;
  for (const std::string_view name : names_in(store, StoreKind::parameter))
    parameters.push_back({std::string(name), store.type(name), shape_of(store.shape(name))});
  std::vector<NamedTensor> tensors;
  const InitReport report = choose_parameters(parameters, all, path, choice, &tensors);
  for (const NamedTensor& t : tensors) take(store, t);
  return report;
}

StoredParameters read_stored_parameters(const std::string& path) {
  TensorFile file = read_tensor_file(path);
  if (!file.metadata.contains("ansatz.format")) return {std::move(file.tensors), {}, false, {}};
  ModelFile model = model_of(std::move(file), path);
  return {std::move(model.parameters), std::move(model.paths), model.has_paths,
          std::move(model.state)};
}

std::vector<NamedTensor> read_parameters(const std::string& path) {
  return read_stored_parameters(path).tensors;
}

}  // namespace ansatz
